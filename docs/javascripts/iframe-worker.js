// Browsers start no workers from files. The search is one; opened from a file, it runs in a hidden frame instead.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.started = new Promise((started) => {
        document.addEventListener("DOMContentLoaded", () => this.start(url, started), { once: true });
        if (document.readyState !== "loading") this.start(url, started);
      });
    }
    start(url, started) {
      if (this.frame) return;
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.frame.addEventListener("load", () => this.fill(url, started), { once: true }); // some replace the empty page
      document.body.append(this.frame);
    }
    fill(url, started) {
      const inside = this.frame.contentWindow;
      inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      const script = inside.document.createElement("script");
      script.src = url;
      script.onload = () => started(inside);
      inside.document.body.append(script);
    }
    postMessage(data) {
      this.started.then((inside) => inside.dispatchEvent(new inside.MessageEvent("message", { data })));
    }
    terminate() {
      this.frame?.remove();
    }
  };
}
