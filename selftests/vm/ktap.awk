# SPDX-License-Identifier: GPL-2.0
# Judges one test: reads what it printed, then the kernel's log, prints the test's KTAP indented and its one result.
# For run_tests.sh; one process a test, because a process is what is dear in the guest.
#
# Arguments: OUTPUT LOG. Variables: number, name, rc (124: timed out), limit (seconds), seconds (it took), left (what it
# left behind), refused (why it was not run), from and to (the log's lines between these two markers count), patterns
# and totals (files).

BEGIN {
	top = 0
	while ((getline line < patterns) > 0)
		if (line !~ /^#/ && line != "")
			pattern[++npatterns] = line
	print "  KTAP version 1"
}

function problem(what)
{
	problems = problems (problems == "" ? "" : "; ") what
}

function push(d)
{
	depth[++top] = d
	plan[top] = ""
	seen[top] = bad[top] = 0
}

# A level that ends must have had a plan and kept it.
function pop(    of)
{
	of = depth[top] ? " (nested)" : ""
	if (plan[top] == "")
		problem("no plan" of)
	else if (plan[top] + 0 != seen[top])
		problem("planned " plan[top] " results, gave " seen[top] of)
	top--
}

# Makes d the innermost level; what deeper levels said is summed in parts and bad_parts.
function level(d)
{
	parts = bad_parts = 0
	while (top && depth[top] > d) {
		parts += seen[top]
		bad_parts += bad[top]
		pop()
	}
	if (!top || depth[top] < d)
		push(d)
}

function one_result(d, is_ok, n, text)
{
	level(d)
	results++
	if (n != ++seen[top])
		problem("result " seen[top] " is numbered " n)
	if (!is_ok)
		bad[top]++

	# Only innermost results count, and a failure that none of its parts explains.
	if (parts) {
		if (is_ok && bad_parts)
			problem("ok in spite of a failed part: " text)
		if (!is_ok && !bad_parts)
			failed++
	} else if (!is_ok) {
		failed++
	} else if (toupper(text) ~ /# *SKIP/) {
		skip_names[++skipped] = text
	} else {
		passed++
	}
}

function ktap_line(line,    d, word, n)
{
	match(line, /^ */)
	d = RLENGTH
	if (line ~ /^ *K?TAP version [0-9]+/) {
		level(d)
		# One document after another is fine, each with a plan.
		if (seen[top] || plan[top] != "") {
			pop()
			push(d)
		}
		return d > 0 ? 1 : 2
	}
	if (line ~ /^ *1\.\.[0-9]+/) {
		level(d)
		if (plan[top] != "")
			problem("a second plan")
		plan[top] = substr(line, d + 4) + 0
		if (match(toupper(line), /# *SKIP */))
			skip_reason = substr(line, RSTART + RLENGTH)
		return 1
	}
	if (line ~ /^ *(not )?ok [0-9]+/) {
		word = substr(line, d + 1)
		n = word
		sub(/^(not )?ok /, "", n)
		one_result(d, word ~ /^ok/, n + 0, word)
		return 1
	}
	if (line ~ /^ *Bail out!/)
		problem("bailed out")
	return line ~ /^ *#/
}

FILENAME == ARGV[1] {
	sub(/\r$/, "")
	if ($0 ~ /SKIP/)
		skip_line = $0
	kind = ktap_line($0)
	if (kind != 2)
		print (kind ? "  " : "  # ") $0
	next
}

# The log: a report is kept from its first line on, for as much as a person wants to see in a test's output.
to != "" && index($0, to) {
	ended = 1
}

from != "" && index($0, from) {
	delete report
	nreport = 0
	ended = 0
	next
}

!ended {
	if (!nreport) {
		for (i = 1; i <= npatterns && $0 !~ pattern[i]; i++)
			;
		if (i > npatterns)
			next
	}
	if (nreport < 40)
		report[++nreport] = $0
}

function exit_status_problem()
{
	if (rc == 124)
		problem("timed out after " limit " s")
	else if (rc == 0 && failed)
		problem("exit status 0 with " failed " failed")
	else if (rc == 4 && failed)
		problem("exit status 4, a skip, with " failed " failed")
	else if (rc == 1 && failed)
		problem(failed " of " (passed + failed + skipped) " failed")
	else if (rc > 128)
		problem("killed by signal " (rc - 128))
	else if (rc != 0 && rc != 4)
		problem("exit status " rc)
}

END {
	if (refused != "") {
		problem(refused)
	} else {
		if (!top && rc != 4)
			problem("no plan")
		while (top)
			pop()
		exit_status_problem()
		if (rc == 0 && !results && skip_reason == "")
			problem("nothing was tested")
	}
	if (left != "")
		problem("left behind: " left)
	if (nreport) {
		sub(/^\[[^]]*\] */, "", report[1])
		problem("kernel report: " report[1])
		for (i = 1; i <= nreport; i++)
			print "  # kernel: " report[i]
	}
	print "  # time: " seconds " s"

	# A test that is skipped as a whole has one skip, which says why.
	if (problems == "" && !passed && (rc == 4 || skipped || skip_reason != "")) {
		if (skip_reason == "") {
			skip_reason = skip_line != "" ? skip_line : "exit status 4, no reason given"
			sub(/.*SKIP[: ]*/, "", skip_reason)
		}
		if (!skipped)
			skip_names[++skipped] = skip_reason
		print "ok " number " " name " # SKIP " skip_reason
	} else if (problems == "") {
		print "ok " number " " name
	} else {
		if (!failed)
			failed++
		gsub(/#/, "", problems)
		print "not ok " number " " name " # " problems
	}

	print passed + 0, failed + 0, skipped + 0 > totals
	for (i = 1; i <= skipped; i++)
		print name ": " skip_names[i] > totals
}
