"""Sums that a run's tables are made from, taken on the fly: memory does not grow with the length of the run."""

from chainsim.results.folding.evidence import Evidence, Pieces, Points
from chainsim.results.folding.fold import Fold, Tally, as_evidence, fold
from chainsim.results.folding.segments import RELEVANT, Segments, segments

__all__ = ["RELEVANT", "Evidence", "Fold", "Pieces", "Points", "Segments", "Tally", "as_evidence", "fold", "segments"]
