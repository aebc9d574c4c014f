"""What every codemod stands on: the records that flow, what Python code means, the pipeline, review, one CLI."""
