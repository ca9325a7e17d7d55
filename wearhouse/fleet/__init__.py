"""The fleet: what devices report of themselves.

delivery    files of a fleet as rows to be staged
loading     a delivery is staged, as it came
producing   pushed reports and paired devices, delivered as any fleet's
curating    what is staged becomes heartbeats, metrics and rollups
quantiles   percentiles and histograms of sketches
statistics  any figure of any metric over any span, by group
vitals      battery life, syncs, hours, silence; one release against the one before
alerts      rules, and the incidents that they open and close
"""
