-- The table of nfacctd.conf: sqlite3 flows.db <flows.sql
CREATE TABLE flows (
	ip_src TEXT,			-- the originator
	ip_dst TEXT,			-- the responder
	src_port INTEGER,
	dst_port INTEGER,
	ip_proto TEXT,
	tcp_flags INTEGER,		-- of the originator: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128
	timestamp_start TEXT,
	timestamp_start_residual INTEGER,	-- microseconds
	timestamp_end TEXT,
	timestamp_end_residual INTEGER,
	end_reason INTEGER,		-- 1 idle, 2 it goes on, 3 its end was seen, 4 forced, 5 evicted
	rev_packets INTEGER,		-- of the responder
	rev_bytes INTEGER,
	rev_tcpflags INTEGER,
	packets INTEGER,		-- of the originator
	bytes INTEGER,
	stamp_inserted TEXT,
	stamp_updated TEXT
);
