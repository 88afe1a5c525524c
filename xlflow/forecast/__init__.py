"""WHEN IT WILL LIKELY BE DONE: open requirements drawn again and again from the company's own past.

`courses` tells how long each requirement was in each stage; `histories` lays that out in arrays, as
it was known on any day; `durations` learns from it how long a stage takes; `drawing` draws what is
still to come; `calibration` forecasts as of past days, compares, and widens or narrows; `people`
tells who holds how much, and what happens without somebody; `outlook` puts it together.

Days are working days throughout, as a running number; who calls knows the calendar.
"""
