# Reads the results of a run (trx): prints the ten slowest fixtures, then "N passed, N failed".
# broken: not 0 when a step failed that is no test.

function number(text, name) { return value(text, name) + 0 }

function value(text, name,  found) {
  if (!match(text, " " name "=\"[^\"]*\"")) return ""
  found = substr(text, RSTART, RLENGTH)
  sub(/^[^"]*"/, "", found)
  sub(/"$/, "", found)
  return found
}

# 00:01:02.5 is 62.5 s.
function seconds(text,  parts) { return split(text, parts, ":") == 3 ? parts[1] * 3600 + parts[2] * 60 + parts[3] : 0 }

/<UnitTestResult / { took[value($0, "testId")] += seconds(value($0, "duration")) }
/<UnitTest / { test = value($0, "id") }
/<TestMethod / {
  fixture = value($0, "className")
  gsub(/&quot;/, "\"", fixture)
  sub(/^ProcessEngine\./, "", fixture)
  fixtureOf[test] = fixture
}
/<Counters / {
  total += number($0, "total")
  passed += number($0, "passed")
  failed += number($0, "failed") + number($0, "error") + number($0, "timeout") + number($0, "aborted")
}

END {
  for (test in took) tookIn[fixtureOf[test]] += took[test]
  print "The ten slowest fixtures, in seconds of their tests:"
  for (n = 0; n < 10; n++) {
    slowest = ""
    for (fixture in tookIn) if (slowest == "" || tookIn[fixture] > tookIn[slowest]) slowest = fixture
    if (slowest == "") break
    printf "%7.1f  %s\n", tookIn[slowest], slowest
    delete tookIn[slowest]
  }
  if (total == 0 || (broken && failed == 0)) failed++
  skipped = total - passed - failed
  printf "%d passed, %d failed%s\n", passed, failed, (skipped > 0 ? ", " skipped " skipped" : "")
}
