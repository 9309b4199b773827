//! The options that shape a packet's text, as tcpdump's flags set them.

use std::net::IpAddr;

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
    /// `-E`: the secrets of ESP packets and IKEv2 messages, of which the last that fits counts.
    pub secrets: Vec<Secret>,
    /// `-M`: the secret of MD5 signatures of TCP and IS-IS.
    pub md5_secret: Option<Vec<u8>>,
}

/// A secret of `-E`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// What it opens.
    pub opens: Opens,
    /// How that is encrypted.
    pub cipher: Cipher,
    /// Whether twelve octets of a signature (HMAC-96) follow.
    pub authenticated: bool,
    /// The key: 256 octets at most, of any length as it was given.
    pub key: Vec<u8>,
}

/// What a secret of `-E` opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    /// The ESP packets that no other secret opens.
    Esp,
    /// The ESP packets with this security parameters index to this address.
    EspTo(u32, IpAddr),
    /// The encrypted payloads of one side of an IKEv2 association.
    Ike {
        /// Whether it is the initiator's side.
        initiator: bool,
        /// The security parameters indexes of the initiator and the responder.
        spis: [u8; 16],
    },
}

/// How a payload is encrypted: in CBC mode, or with GCM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cipher {
    /// Not at all (RFC 2410).
    None,
    /// DES (RFC 2405).
    Des,
    /// Triple DES (RFC 2451).
    TripleDes,
    /// Blowfish (RFC 2451).
    Blowfish,
    /// CAST-128 (RFC 2451).
    Cast128,
    /// AES with a key of 128 bits (RFC 3602).
    Aes128,
    /// AES with a key of 192 bits.
    Aes192,
    /// AES with a key of 256 bits.
    Aes256,
    /// AES-GCM (RFC 4106) with a key of 128 bits and a salt, and a tag of so many octets.
    Aes128Gcm(usize),
    /// AES-GCM with a key of 192 bits and a salt.
    Aes192Gcm(usize),
    /// AES-GCM with a key of 256 bits and a salt.
    Aes256Gcm(usize),
}

impl Cipher {
    /// The cipher of a name as tcpdump or OpenSSL spell it, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        Some(match name.strip_suffix("-cbc").unwrap_or(&name) {
            "none" | "null" => Cipher::None,
            "des" => Cipher::Des,
            "3des" | "des3" | "des-ede3" => Cipher::TripleDes,
            "blowfish" | "bf" => Cipher::Blowfish,
            "cast" | "cast5" | "cast128" => Cipher::Cast128,
            "aes128" | "aes-128" => Cipher::Aes128,
            "aes192" | "aes-192" => Cipher::Aes192,
            "aes256" | "aes-256" => Cipher::Aes256,
            _ => return Cipher::gcm(&name),
        })
    }

    /// `aes128gcm16` as strongSwan spells it, `aes-128-gcm` as OpenSSL does.
    fn gcm(name: &str) -> Option<Self> {
        let (cipher, tag) = name.split_once("gcm")?;
        let tag = match tag {
            "" | "16" => 16,
            "12" => 12,
            "8" => 8,
            _ => return None,
        };
        Some(match cipher.strip_suffix('-').unwrap_or(cipher) {
            "aes128" | "aes-128" => Cipher::Aes128Gcm(tag),
            "aes192" | "aes-192" => Cipher::Aes192Gcm(tag),
            "aes256" | "aes-256" => Cipher::Aes256Gcm(tag),
            _ => return None,
        })
    }
}

impl Options {
    /// Whether addresses and ports are numbers without colour, which nothing else
    /// shapes.
    #[inline(always)]
    pub(crate) fn is_plain(&self) -> bool {
        self.numeric > 0 && !self.color
    }

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
    Aodv "aodv", Carp "carp", Cnfp "cnfp", Domain "domain", Lmp "lmp", Nhrp "nhrp", Pgm "pgm", PgmZmtp1 "pgm_zmtp1",
    Ptp "ptp", Quic "quic", Radius "radius", Resp "resp", Rpc "rpc", Rtcp "rtcp", Rtp "rtp", Snmp "snmp",
    Someip "someip", Tftp "tftp", Vat "vat", Vxlan "vxlan", Wb "wb", Zmtp1 "zmtp1",
}
