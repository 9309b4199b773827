//! What a UDP port is asked: services that do not answer what they do not
//! understand are asked in their own protocol.

/// A DNS query for the root's name servers (RFC 1035, section 4.1), with recursion desired.
const DNS: &[u8] = b"\x73\x6e\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01";
/// A TFTP read request for a file that there is not (RFC 1350, section 5).
const TFTP: &[u8] = b"\0\x01sniff-test\0octet\0";
/// The first word of an NTP client's packet: no warning, version 4, mode 3 (RFC 5905, section 7.3).
const NTP: u8 = 0x23;
const NTP_LENGTH: usize = 48;
/// An SNMPv1 GetRequest of sysDescr.0 with the community "public" (RFC 1157, section 4).
const SNMP: &[u8] =
    b"\x30\x26\x02\x01\x00\x04\x06public\xa0\x19\x02\x01\x01\x02\x01\x00\x02\x01\x00\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01\x01\x00\x05\x00";
/// A STUN Binding request (RFC 8489, section 5): type, length, magic cookie, transaction.
const STUN: &[u8] = b"\x00\x01\x00\x00\x21\x12\xa4\x42sniff-tested";
/// A memcached version command in a UDP frame of its own.
const MEMCACHED: &[u8] = b"\x00\x01\x00\x00\x00\x01\x00\x00version\r\n";
/// What others are asked, as with nc.
const ANY: &[u8] = b"X";

/// The octets that a port is asked.
pub(crate) fn question(port: u16) -> Vec<u8> {
    match port {
        53 | 5353 => DNS.to_vec(),
        69 => TFTP.to_vec(),
        123 => {
            let mut packet = vec![0; NTP_LENGTH];
            packet[0] = NTP;
            packet
        }
        161 => SNMP.to_vec(),
        3478 => STUN.to_vec(),
        11211 => MEMCACHED.to_vec(),
        _ => ANY.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_within_the_questions_are_right() {
        let snmp = question(161);
        assert_eq!(usize::from(snmp[1]), snmp.len() - 2);
        assert_eq!((question(3478).len(), question(123).len(), question(53).len()), (20, 48, 17));
    }
}
