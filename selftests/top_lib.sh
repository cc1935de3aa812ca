# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of "tuplestat top" share: a terminal that nobody looks at, its keys, and its screen as text.
. "${BASH_SOURCE[0]%/*}/lib.sh"
need tmux

_tmux()
{
	tmux -L "top-$$" "$@"
}

# terminal NAME=VALUE...: after setup_tmp, a terminal of 80 by 24, with a shell that has these in its environment
terminal()
{
	# no daemon: it ends with the test
	background tmux -L "top-$$" -f /dev/null -D
	wait_for _tmux start-server
	_tmux new-session -d -x 80 -y 24 env -u TMUX LC_ALL=C.UTF-8 PS1='$ ' "$@" bash --norc --noprofile
	_tmux set-option -g status off
	wait_for shows '^\$'
	type_in "stty -g >$WORK/before"
	keys Enter
	wait_for [ -s "$WORK/before" ]
}

# keys KEY...: as tmux names them
keys()
{
	_tmux send-keys "$@"
}

# type_in TEXT: letter by letter, whatever they mean to tmux
type_in()
{
	_tmux send-keys -l "$1"
}

# screen: its lines
screen()
{
	_tmux capture-pane -p
}

# line NUMBER: of the screen, from 1 on
line()
{
	screen | sed -n "$1p"
}

# shows REGEX: for wait_for: a line of the screen matches
shows()
{
	screen | grep -Eq -- "$1"
}

# shows_not REGEX: and there is a screen
shows_not()
{
	local lines

	lines=$(screen) && [ -n "$lines" ] && ! grep -Eq -- "$1" <<<"$lines"
}

# check_shows NAME REGEX: it does, within twenty seconds; the screen as it is, if not
check_shows()
{
	if wait_for -t 20 shows "$2"; then
		pass "$1"
	else
		fail "$1" "no line has: $2"$'\n'"$(screen)"
	fi
}

# check_shows_not NAME REGEX
check_shows_not()
{
	if wait_for -t 20 shows_not "$2"; then
		pass "$1"
	else
		fail "$1" "a line has: $2"$'\n'"$(screen)"
	fi
}

# start_top WORD...: tuplestat WORD..., until there is a screen
start_top()
{
	type_in "clear; tuplestat $*"
	keys Enter
	wait_for -t 20 shows 'q quit'
}

# check_left NAME STATUS: it has ended, with that exit status, and the terminal is as it was
check_left()
{
	local status

	wait_for -t 20 shows '^\$'
	rm -f "$WORK/after"
	type_in "status=\$?; clear; echo status \$status; stty -g >$WORK/after"
	keys Enter
	wait_for -t 20 shows '^status [0-9]'
	wait_for -t 20 [ -s "$WORK/after" ]
	status=$(screen | grep '^status [0-9]')
	check_equal "$1" "status $2, $(<"$WORK/before")" "$status, $(<"$WORK/after")"
}
