// Draws each figure when it comes near the window, and the rest when there is time; a list picks the variant.
"use strict";
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const config = { displayModeBar: false, responsive: true, showTips: false };
  const charts = [...document.querySelectorAll("figure.chart")];
  const printed = 680, narrow = 500, line = 19; // pixels; a legend without room has an entry a line
  const family = getComputedStyle(document.body).fontFamily;

  function draw(chart) {
    const number = Number(chart.querySelector("select")?.value ?? 0);
    const { data, layout } = structuredClone(figures[chart.id][number]);
    const plot = chart.querySelector(".plot");
    if (plot.clientWidth < narrow) layout.height += line * data.filter((trace) => trace.name && trace.showlegend !== false).length;
    plot.style.height = `${layout.height}px`;
    layout.font.family = family;
    chart.querySelectorAll(".variant").forEach((table, at) => { table.hidden = at !== number; });
    return Plotly.react(plot, data, layout, config).then(() => { chart.dataset.drawn = String(number); });
  }

  for (const chart of charts) {
    chart.querySelector(".plot").style.height = `${figures[chart.id][0].layout.height}px`;
    chart.querySelector("select")?.addEventListener("change", () => draw(chart));
  }
  const waiting = new Set(charts);
  const later = window.requestIdleCallback ?? ((work) => setTimeout(work, 30));

  function next() {
    const [chart] = waiting;
    if (!chart) return;
    waiting.delete(chart);
    draw(chart).then(() => later(next));
  }
  const near = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) {
      if (isIntersecting) near.unobserve(target);
      if (isIntersecting && waiting.delete(target)) draw(target);
    }
  }, { rootMargin: "300px" });
  charts.forEach((chart) => near.observe(chart));
  later(next);

  const plots = () => charts.filter((chart) => chart.dataset.drawn).map((chart) => chart.querySelector(".plot"));
  addEventListener("beforeprint", () => plots().forEach((plot) => Plotly.relayout(plot, { width: printed, autosize: false })));
  addEventListener("afterprint", () => plots().forEach((plot) => Plotly.relayout(plot, { width: null, autosize: true })));
})();
