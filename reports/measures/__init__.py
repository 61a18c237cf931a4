"""What the operational reports measure, and in which words: metrics, means and ranks, the frame of a document. Pure.

In: counts and lengths of `reports.reading`; out: typed values of `reports.render.document`.
"""
