"""The mark that every exported file carries, by which a later export knows what it may replace."""

MARK = "unfold-export"
