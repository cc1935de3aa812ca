#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# How open connections end other than by two FINs: aborted, closed by one side only; and RSTs, which count only where
# they can be of the connection.
. "${0%/*}/handshake_lib.sh"
need jq python3

load_module
setup_tmp
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24 "$B" veth0 10.0.0.2/24
tuplestat -N "$A" start

serve "$B" tcp general 10.0.0.2 5003
client "$A" tcp general 10.0.0.2 5003 --source-port 40003 --linger0
check_says "aborted by the client" "CLOSE RSTO ShADadR" "$A" port 40003
check_sentence "aborted by the client" "established, then aborted by the client with a RST" "$A" port 40003
check_equal "aborted: the last arrow" "> RST, ACK" "${LADDER##*$'\n'}"

# The other way round: the client is in B, seen from where the server is.
serve "$A" tcp general 10.0.0.1 5004
client "$B" tcp general 10.0.0.1 5004 --source-port 40004 --linger0
check_says "aborted by the client, where the server is" "CLOSE RSTO ShADadR" "$A" port 40004

serve "$B" tcp general 10.0.0.2 5005 --hold "$WORK/never" --timeout 100
background ip netns exec "$A" "$TRAFFIC/traffic_client" tcp general 10.0.0.2 5005 --source-port 40005 --half-close \
	--timeout 100 2>/dev/null
check_says "half-closed by the client" "CLOSE_WAIT S2 ShADadF" "$A" port 40005
check_sentence "half-closed by the client" "half-closed: the client has closed, the server has not" "$A" port 40005
check_equal "half-closed: the last arrows" $'> FIN, ACK\n< ACK' "$(tail -n 2 <<<"$LADDER")"

peer_start client "$A"
peer_start server "$B"
# open PORT SOURCE-PORT: and 100 octets each way
open()
{
	peer server listen 10.0.0.2 "$1"
	peer client connect 10.0.0.1 "$2" 10.0.0.2 "$1"
	peer server accept
	talk
}

talk()
{
	peer client send 100 &&
		peer server recv 100 &&
		peer server send 100 &&
		peer client recv 100
}

open 5006 40006
peer server half
peer client eof
check_says "half-closed by the server" "CLOSE_WAIT S3 ShADadf" "$A" port 40006
check_sentence "half-closed by the server" "half-closed: the server has closed, the client has not" "$A" port 40006
# A half-closed connection still carries data, into the closed direction.
peer client send 100
peer server recv 100
check_says "data into the other direction" "CLOSE_WAIT S3 ShADadf" "$A" port 40006
peer client close
peer server eof
check_says "the other half too" "TIME_WAIT SF ShADadfF" "$A" port 40006

# Somebody who guesses sends a RST in the client's name. Zeek's verdict believes it; the state is that of the hosts.
peer client watch veth0
open 5007 40007
for above in 10000000 -10000000; do
	peer client rst $above
	check_says "a RST $above from the window" "ESTABLISHED RSTO ShADadR" "$A" port 40007
	check "the hosts go on" talk
	check_sentence "a RST $above from the window" \
		"a RST came that does not belong to it: the connection goes on" "$A" port 40007
done
peer client rst 0
check_says "a RST with the next number" "CLOSE RSTO ShADadR" "$A" port 40007
check_sentence "a RST with the next number" "established, then aborted by the client with a RST" "$A" port 40007
peer server recv 1 >/dev/null || true
check_equal "the server's side was reset" "error [Errno 104] Connection reset by peer" "$ANSWER"
finish
