"""Training data from reviewed findings: rows for fine-tuning, their split, statistics and
validation."""

from reviewer.lab.datasets.rows import Dataset, DatasetRow, Form, make
from reviewer.lab.datasets.split import parse_split, split
from reviewer.lab.datasets.stats import count_exactly, estimate, figures
from reviewer.lab.datasets.validate import Problem, read_rows, validate

__all__ = [
    "Dataset",
    "DatasetRow",
    "Form",
    "Problem",
    "count_exactly",
    "estimate",
    "figures",
    "make",
    "parse_split",
    "read_rows",
    "split",
    "validate",
]
