# SPDX-License-Identifier: GPL-2.0
# The table: awk -f table.awk rows.txt figures. What is measured stands in the order of rows.txt, with pass or FAIL where
# there is a bar for tuplestat, and whatever rows.txt does not know ends it with status 1.

function trim(text)
{
	gsub(/^ +| +$/, "", text)
	return text
}

# 1234567 -> 1,234,567
function grouped(number,  text, sign)
{
	sign = number < 0 ? "-" : ""
	number = sprintf("%d", number < 0 ? -number : number)
	while (length(number) > 3) {
		text = "," substr(number, length(number) - 2) text
		number = substr(number, 1, length(number) - 3)
	}
	return sign number text
}

# What the bar comes to, or "" where what it is a factor of was not measured
function bar_value(bar,  words, n)
{
	n = split(bar, words, " ")
	if (n == 2)
		return words[2]
	return (words[3], words[4]) in figure ? words[2] * figure[words[3], words[4]] : ""
}

FILENAME == ARGV[1] {
	if (/^#/)
		next
	split($0, part, "|")
	row[++rows] = trim(part[1])
	bar[rows] = trim(part[2])
	title[rows] = trim(part[3])
	known[row[rows]] = 1
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
	subjects = split("nothing hook tuplestat nft conntrack tcptrace tshark", subject, " ")
	printf "%-62s", "instructions, where nothing else is said"
	for (s = 1; s <= subjects; s++)
		printf " %13s", subject[s]
	print "   bar"
	for (r = 1; r <= rows; r++) {
		if (!(row[r] in measured))
			continue
		printf "%-62s", title[r]
		for (s = 1; s <= subjects; s++)
			printf " %13s", (row[r], subject[s]) in figure ? grouped(figure[row[r], subject[s]]) : "-"
		limit = bar[r] == "" ? "" : bar_value(bar[r])
		if (limit != "" && (row[r], "tuplestat") in figure) {
			good = figure[row[r], "tuplestat"] <= limit
			printf "   %s <= %s", good ? "pass" : "FAIL", grouped(limit)
			passed += good
			failed += !good
		}
		print ""
	}
	if (totals != "")
		print passed + 0, failed + 0, 0 >totals
	exit unknown
}
