"""Busy times out of strangers' calendars, in a process of its own: ``python -m vclass.icsreader``.

Octets go in, intervals and a report come out; titles, places and people's names are thrown away before anything is
interpreted. It knows neither SQL nor HTTP nor settings, so that whoever breaks it has nothing. What tells encodings and
zones' names apart is of use to the reader of answers, too.
"""
