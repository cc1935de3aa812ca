# SPDX-License-Identifier: GPL-2.0
# The tables: awk -f table.awk rows.txt figures. What was measured stands in the order of rows.txt, with pass or FAIL where
# there is a bar. Whatever rows.txt does not know ends it with status 1. totals=FILE: how many bars passed and failed.

function trim(text)
{
	gsub(/^ +| +$/, "", text)
	return text
}

# 1234567 -> 1,234,567
function grouped(number,  text)
{
	number = sprintf("%d", number)
	while (length(number) > 3 && number > 0) {
		text = "," substr(number, length(number) - 2) text
		number = substr(number, 1, length(number) - 3)
	}
	return number text
}

# Of "COLUMN <= NUMBER [ROW COLUMN]": sets judged to the column; returns the limit, or "" where that was not measured
function limit_of(bar,  word, n)
{
	n = split(bar, word, " ")
	judged = word[1]
	if (n == 3)
		return word[3]
	return (word[4], word[5]) in figure ? word[3] * figure[word[4], word[5]] : ""
}

function print_title(table,  name, n, i)
{
	n = split(columns[table], name, " ")
	if (printed++)
		print ""
	print titles[table]
	printf "%-46s", ""
	for (i = 1; i <= n; i++)
		printf " %10s", name[i] ~ /^[0-9]+$/ ? grouped(name[i]) : name[i]
	print ""
}

function print_row(r,  name, n, i, limit, good)
{
	n = split(columns[table_of[r]], name, " ")
	printf "%-46s", what[r]
	for (i = 1; i <= n; i++)
		printf " %10s", (row[r], name[i]) in figure ? grouped(figure[row[r], name[i]]) : "-"
	limit = bar[r] == "" ? "" : limit_of(bar[r])
	if (limit != "" && (row[r], judged) in figure) {
		good = figure[row[r], judged] <= limit
		printf "  %s <= %s", good ? "pass" : "FAIL", grouped(limit)
		passed += good
		failed += !good
	}
	print ""
}

FILENAME == ARGV[1] {
	n = split($0, part, "|")
	if (/^=/) {
		titles[++tables] = trim(substr(part[1], 2))
		columns[tables] = trim(part[2])
	} else if (!/^#/) {
		row[++rows] = trim(part[1])
		bar[rows] = trim(part[2])
		what[rows] = trim(part[3])
		table_of[rows] = tables
		known[row[rows]] = 1
	}
	next
}

{
	if (!($1 in known)) {
		print "table.awk: no row for " $1 >"/dev/stderr"
		unknown = 1
	}
	figure[$1, $2] = $3
	measured[$1] = 1
}

END {
	for (r = 1; r <= rows; r++) {
		if (!(row[r] in measured))
			continue
		if (table_of[r] != last)
			print_title(last = table_of[r])
		print_row(r)
	}
	if (totals != "")
		print passed + 0, failed + 0, 0 >totals
	exit unknown
}
