#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# "tuplestat report": the page says what others say of the same capture, is valid, holds nothing but itself, is replaced as a
# whole, fits a phone, and can be printed.
. "$(dirname "$0")/../command_lib.sh"
need chromium tidy tshark capinfos
export PYTHONDONTWRITEBYTECODE=1
UNIT=$SELFTESTS/unit

setup_tmp
cd "$WORK" || exit

# report CAPTURE [FILTER]: to page.html; what it says is in out and err
report()
{
	tuplestat -n -r "$1" report --html page.html "${@:2}" >out 2>err
}

# valid PAGE: tidy has nothing to say
valid()
{
	tidy -q -e "$1" 2>&1 | (! grep .)
}

# --- what it says ---

told=$("$UNIT/gen_talks.py" talks.pcap)
check "a report is written" report talks.pcap
check_equal "and nothing is said" "" "$(cat out err)"
while IFS=$'\t' read -r name wanted got; do
	check_equal "$name" "$wanted" "$got"
done < <("$UNIT/read_report.py" page.html talks.pcap "$told" || printf 'the page is read\tyes\tno\n')
check "valid HTML" valid page.html
ladders=$(tuplestat -n -r talks.pcap show sort bytes limit 8 | grep -cE '[─-]+ SYN [─-]+')
check_equal "the eight largest flows have their ladders" "8 $ladders" \
	"$(grep -c '<pre ' page.html) $(grep -cE '[─-]+ SYN [─-]+' page.html)"

tuplestat -n -r talks.pcap report --html filtered.html tcp dport 23
check "a filter is named, and its flows are there" grep -q '<dd>tcp dport 23</dd>' filtered.html
check "all of them are refused: none completed" grep -q '<tr><td>completed</td>.*width="0.0".*>0</td>' filtered.html
tuplestat -r talks.pcap report --html none.html host 192.0.2.1
check "no flow at all" grep -q 'There is no flow' none.html
check "which is valid, too" valid none.html

# --- what comes from elsewhere is text ---

hostile=$'<script>alert(1)<!--&amp;"\'\xff\e]0;.pcap'
cp talks.pcap "$hostile"
check "a capture with a hostile name" report "$hostile"
check "still valid" valid page.html
check_equal "its name is text" '<dd>&lt;script&gt;alert(1)&lt;!--&amp;amp;&quot;&#39;??]0;.pcap</dd>' \
	"$(grep -aoE '<dd>&lt;script.*</dd>' page.html)"
check "no script" bash -c '! grep -qi "<script" page.html'
"$SELFTESTS/gen_packets.py" accepted all.pcap >count
check "packets of all kinds" report all.pcap
check "valid" valid page.html
check_equal "those without a flow are told" \
	"$(tuplestat -j -r all.pcap stats | jq '[.unattributed[].packets] | add')" \
	"$(grep -oE 'were seen, [^ ]+ belong' page.html | grep -oE '[0-9]+' | tr -d '\n')"

# --- where it goes ---

export SOURCE_DATE_EPOCH=1700000000
report talks.pcap
tuplestat -n -r talks.pcap report --html - >stdout.html
check "to standard output: the same" cmp page.html stdout.html
check "when it was made can be given" grep -q '<dt>made</dt><dd>2023-11-14T' page.html
(umask 027 && rm page.html && report talks.pcap)
check_equal "its mode is what the umask leaves" 640 "$(stat -c %a page.html)"
ln page.html before.html
report talks.pcap tcp
check "who has the old page open keeps it" cmp before.html stdout.html
check_equal "nothing else is left behind" "page.html" "$(echo page.html*)"
mkdir directory
outcome tuplestat -r talks.pcap report --html directory >out
check_outcome "a directory" 2 "tuplestat: cannot write 'directory': Is a directory"
outcome tuplestat -r talks.pcap report --html none/page.html >out
check_outcome "a directory that is not there" 2 "tuplestat: cannot write 'none/page.html': No such file or directory"
outcome tuplestat -r talks.pcap report --html /dev/full >out
check_outcome "a full disk" 2 "tuplestat: cannot write '/dev/full': No space left on device"
outcome tuplestat -r talks.pcap report --html /dev/null >out
check_outcome "a device" 0
check "stays a device" [ -c /dev/null ]
head -c -1 talks.pcap >cut.pcap
outcome tuplestat -r cut.pcap report --html cut.html >out
check_equal "a capture that is cut off" 3 "$(cut -d' ' -f1 outcome | head -n 1)"
check "is told on the page" grep -q 'This is not all' cut.html

# --- in a browser ---

# browse OPTION...: what it says on the console is in $WORK/console
browse()
{
	timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$WORK/profile" \
		--enable-logging=stderr "$@" 2>console
}

# A frame as wide as a phone; the page has no script, so one outside of it measures.
cat >frame.html <<'END'
<!DOCTYPE html><iframe id="frame" src="page.html" style="width:360px;height:740px;border:0"></iframe><script>
frame.onload = () => {
	const page = frame.contentDocument, root = page.documentElement, width = frame.contentWindow.innerWidth;
	const wide = [...page.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > width);
	document.body.dataset.result = `${root.scrollWidth <= width} ${width} ${wide.length} ${page.querySelectorAll("pre").length}`;
};</script>
END
for capture in talks all; do
	report $capture.pcap
	browse --allow-file-access-from-files --virtual-time-budget=10000 --dump-dom "file://$WORK/frame.html" >dom || true
	check_equal "$capture: on a phone, 360 pixels wide, nothing is wider, ladders included" "true 360 0 8" \
		"$(grep -oE 'data-result="[^"]*"' dom | cut -d'"' -f2)"
done
for size in 360,740 1280,900; do
	browse --window-size=$size --screenshot="$WORK/$size.png" "file://$WORK/page.html" || true
	check "a picture of $size" [ "$(stat -c %s "$WORK/$size.png")" -gt 10000 ]
	check_equal "nothing is refused, nothing fails" "" "$(grep -E 'CONSOLE|Refused|ERR_' console || true)"
done
browse --no-pdf-header-footer --print-to-pdf="$WORK/page.pdf" "file://$WORK/page.html" || true
pages=$(grep -aoE '/Type /Page\>' page.pdf | wc -l)
check "printed on $pages pages" [ $((pages >= 2 && pages <= 8)) -eq 1 ]
finish
