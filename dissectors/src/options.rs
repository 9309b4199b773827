//! The options that shape a packet's text, as tcpdump's flags set them.

/// How packets are printed.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `-v`, `-vv`, …: 0 to 4 and above.
    pub verbose: u8,
    /// `-q`: less protocol information, more when given twice.
    pub quiet: u8,
    /// `-n`: addresses and ports stay numbers.
    pub numeric: u8,
    /// `-e`: print the link-level header.
    pub link: bool,
    /// `-S`: absolute TCP sequence numbers.
    pub absolute_seq: bool,
    /// `-K`: do not verify IP, TCP and UDP checksums.
    pub no_checksums: bool,
    /// `-N`: host names without their domain.
    pub no_domain: bool,
    /// `-b`: AS numbers in ASDOT notation.
    pub asdot: bool,
    /// `-u`: undecoded NFS file handles.
    pub raw_handles: bool,
    /// `-H`: 802.11s mesh headers.
    pub mesh: bool,
    /// `-g`: no line break after the IP header.
    pub one_line: bool,
    /// `-x`, `-xx`: hexadecimal dump; 2 includes the link header.
    pub hex: u8,
    /// `-X`, `-XX`: hexadecimal and ASCII dump.
    pub hex_ascii: u8,
    /// `-A`, `-AA`: ASCII dump.
    pub ascii: u8,
    /// `-T`: the protocol of UDP or TCP payloads, whatever the port.
    pub packet_type: Option<PacketType>,
    /// Whether terminal colours are written.
    pub color: bool,
    /// `-f` and the interface's network and mask: addresses outside stay numbers.
    pub foreign: Option<([u8; 4], [u8; 4])>,
}

impl Options {
    /// Whether payloads of unknown protocols are dumped: not with a dump of the
    /// whole packet, and not with `-q`.
    pub fn dumps_unknown(&self) -> bool {
        self.hex == 0 && self.hex_ascii == 0 && self.quiet == 0
    }
}

macro_rules! packet_types {
    ($($(#[$doc:meta])* $variant:ident $name:literal),* $(,)?) => {
        /// A protocol that `-T` names.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum PacketType { $($variant),* }

        impl PacketType {
            /// Every protocol with its name on the command line.
            pub const ALL: &'static [(&'static str, PacketType)] = &[$(($name, PacketType::$variant)),*];
        }
    };
}
packet_types! {
    Aodv "aodv", Carp "carp", Cnfp "cnfp", Domain "domain", Lmp "lmp", Pgm "pgm", PgmZmtp1 "pgm_zmtp1",
    Ptp "ptp", Quic "quic", Radius "radius", Resp "resp", Rpc "rpc", Rtcp "rtcp", Rtp "rtp", Snmp "snmp",
    Someip "someip", Tftp "tftp", Vat "vat", Vxlan "vxlan", Wb "wb", Zmtp1 "zmtp1",
}
