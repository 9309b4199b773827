//! ARP (RFC 826) with its reverse (RFC 903) and inverse (RFC 2390) forms, for
//! any hardware, and ATMARP (RFC 2225, section 8.4).

use crate::below::Below;
use crate::field::Field;
use crate::link::frame_relay;
use crate::out::Out;
use crate::put::{Ipv4, Mac, Named, Otherwise, Paint, Put, Table};
use crate::registry::ETHERTYPES;
use crate::view::{Step, View};

const HARDWARE: Field<u16> = Field::new("arp.hw.type", 0);
const PROTOCOL: Field<u16> = Field::new("arp.proto.type", 2);
const HARDWARE_LEN: Field<u8> = Field::new("arp.hw.size", 4);
const PROTOCOL_LEN: Field<u8> = Field::new("arp.proto.size", 5);
const OPERATION: Field<u16> = Field::new("arp.opcode", 6);
/// The addresses of ARP for IPv4 over Ethernet.
const SENDER_MAC: Field<Mac> = Field::new("arp.src.hw_mac", 8);
const SENDER: Field<Ipv4> = Field::new("arp.src.proto_ipv4", 14);
const TARGET_MAC: Field<Mac> = Field::new("arp.dst.hw_mac", 18);
const TARGET: Field<Ipv4> = Field::new("arp.dst.proto_ipv4", 24);

/// Octets before the addresses.
const HEADER: usize = 8;
/// Octets before the addresses of ATMARP.
const ATM_HEADER: usize = 12;

const FRAME_RELAY: u16 = 15;
const ATM: u16 = 19;
const HARDWARE_NAMES: Table = &[
    (1, "Ethernet"),
    (6, "TokenRing"),
    (7, "ArcNet"),
    (15, "FrameRelay"),
    (23, "Strip"),
    (24, "IEEE 1394"),
    (19, "ATM"),
    (32, "InfiniBand"),
];

const REQUEST: u16 = 1;
const REPLY: u16 = 2;
const REVERSE_REQUEST: u16 = 3;
const REVERSE_REPLY: u16 = 4;
const INVERSE_REQUEST: u16 = 8;
const INVERSE_REPLY: u16 = 9;
const NAK: u16 = 10;
const OPERATION_NAMES: Table = &[
    (1, "Request"),
    (2, "Reply"),
    (3, "Reverse Request"),
    (4, "Reverse Reply"),
    (8, "Inverse Request"),
    (9, "Inverse Reply"),
    (10, "NACK Reply"),
];

/// Whether a protocol's addresses are those of IPv4; trailers (RFC 893) carry it too.
fn is_ip(protocol: u16) -> bool {
    matches!(protocol, 0x0800 | 0x1000)
}

/// An ARP packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "arp";
    v.need(HEADER)?;
    note(o, v)?;
    if v.get(HARDWARE)? == ATM {
        return atm(o, v);
    }
    let arp = Arp::read(v)?;
    if !o.opt.link {
        o.paint(Paint::Protocol, |o| o.put("ARP"));
        o.put(", ");
    }
    if !is_ip(arp.protocol) || arp.protocol_len != 4 || arp.hardware_len == 0 || o.opt.verbose > 0 {
        o.put((hardware_name(arp.hardware), " (len ", arp.hardware_len, "), "));
        o.put((protocol_name(arp.protocol), " (len ", arp.protocol_len, ")"));
        if o.opt.verbose == 0 {
            o.put((", length ", v.len()));
            return Ok(());
        }
    }
    operation(o, arp.operation);
    match arp.operation {
        REQUEST => {
            o.put(("who-has ", arp.target()?));
            let hardware = arp.v.bytes(arp.target_hardware(), arp.hardware_len)?;
            if hardware.iter().any(|&octet| octet != 0) {
                o.put((" (", arp.hardware_at(arp.target_hardware())?, ")"));
            }
            o.put((" tell ", arp.sender()?));
        }
        REPLY => {
            o.put(arp.sender()?);
            o.put((" is-at ", arp.hardware_at(HEADER)?));
        }
        REVERSE_REQUEST | INVERSE_REQUEST => {
            o.put(("who-is ", arp.hardware_at(arp.target_hardware())?));
            o.put((" tell ", arp.hardware_at(HEADER)?));
        }
        REVERSE_REPLY => o.put((arp.hardware_at(arp.target_hardware())?, " at ", arp.target()?)),
        INVERSE_REPLY => o.put((arp.hardware_at(HEADER)?, " at ", arp.sender()?)),
        _ => {
            o.default_dump(v.payload());
            return Ok(());
        }
    }
    o.put((", length ", v.len()));
    Ok(())
}

/// The tree's fields.
fn note(o: &mut Out, v: View<'_>) -> Step {
    if o.tree.is_none() {
        return Ok(());
    }
    o.see(HARDWARE, v);
    o.see(PROTOCOL, v);
    o.see(HARDWARE_LEN, v);
    o.see(PROTOCOL_LEN, v);
    o.see(OPERATION, v);
    if v.get(HARDWARE)? == 1 && is_ip(v.get(PROTOCOL)?) && (v.get(HARDWARE_LEN)?, v.get(PROTOCOL_LEN)?) == (6, 4) {
        o.see(SENDER_MAC, v);
        o.see(SENDER, v);
        o.see(TARGET_MAC, v);
        o.see(TARGET, v);
    }
    Ok(())
}

/// `Request `, after a comma where the address formats stand before it.
fn operation(o: &mut Out, value: u16) {
    let comma = if o.opt.verbose > 0 { ", " } else { "" };
    o.put((comma, Named(OPERATION_NAMES, value.into(), Otherwise::Dec("Unknown (", ")")), " "));
}

fn protocol_name(protocol: u16) -> Named {
    Named(ETHERTYPES, protocol.into(), Otherwise::Hex("Unknown Protocol (0x", 4, ")"))
}

fn hardware_name(hardware: u16) -> Named {
    Named(HARDWARE_NAMES, hardware.into(), Otherwise::Dec("Unknown Hardware (", ")"))
}

/// The fixed part of a packet and where its addresses are.
struct Arp<'p> {
    v: View<'p>,
    hardware: u16,
    protocol: u16,
    hardware_len: usize,
    protocol_len: usize,
    operation: u16,
}

impl<'p> Arp<'p> {
    /// Reads the header; the four addresses must be captured.
    fn read(v: View<'p>) -> Step<Self> {
        let arp = Arp {
            v,
            hardware: v.get(HARDWARE)?,
            protocol: v.get(PROTOCOL)?,
            hardware_len: v.get(HARDWARE_LEN)?.into(),
            protocol_len: v.get(PROTOCOL_LEN)?.into(),
            operation: v.get(OPERATION)?,
        };
        v.need(arp.target_hardware() + arp.hardware_len + arp.protocol_len)?;
        Ok(arp)
    }

    fn target_hardware(&self) -> usize {
        HEADER + self.hardware_len + self.protocol_len
    }

    fn sender(&self) -> Step<Protocol> {
        self.protocol_at(HEADER + self.hardware_len)
    }

    fn target(&self) -> Step<Protocol> {
        self.protocol_at(self.target_hardware() + self.hardware_len)
    }

    fn protocol_at(&self, at: usize) -> Step<Protocol> {
        protocol_address(self.v, at, self.protocol, self.protocol_len, "<wrong len>")
    }

    fn hardware_at(&self, at: usize) -> Step<Hardware<'p>> {
        Ok(Hardware { octets: self.v.bytes(at, self.hardware_len)?, kind: self.hardware })
    }
}

/// A protocol address: that of IPv4, or why it is none.
enum Protocol {
    Ip(Ipv4),
    Wrong(&'static str),
}

impl Put for Protocol {
    fn put(self, o: &mut Out) {
        match self {
            Protocol::Ip(address) => address.put(o),
            Protocol::Wrong(text) => text.put(o),
        }
    }
}

fn protocol_address(v: View<'_>, at: usize, protocol: u16, len: usize, wrong_len: &'static str) -> Step<Protocol> {
    Ok(if !is_ip(protocol) {
        Protocol::Wrong("<wrong proto type>")
    } else if len != 4 {
        Protocol::Wrong(wrong_len)
    } else {
        Protocol::Ip(Ipv4(v.array(at)?))
    })
}

/// A hardware address in the form of its hardware.
struct Hardware<'p> {
    octets: &'p [u8],
    kind: u16,
}

impl Put for Hardware<'_> {
    fn put(self, o: &mut Out) {
        if self.octets.is_empty() {
            return o.put("<empty>");
        }
        if self.kind == FRAME_RELAY {
            return frame_relay::put_dlci(o, self.octets);
        }
        match <[u8; 6]>::try_from(self.octets) {
            Ok(mac) if self.kind != ATM => Mac(mac).put(o),
            _ => o.line.octets(self.octets, b':'),
        }
    }
}

/// The lengths of the ATM numbers and subaddresses; the bit above marks an
/// E.164 number (RFC 2225, section 8.4.2).
const ATM_LEN_MASK: u8 = 0x3f;

/// Where the six addresses of an ATMARP packet are.
struct Atm<'p> {
    v: View<'p>,
    protocol: u16,
    sender_lens: [usize; 3],
    target_lens: [usize; 3],
}

/// An ATMARP packet.
fn atm(o: &mut Out, v: View<'_>) -> Step {
    v.need(ATM_HEADER)?;
    let atm = Atm {
        v,
        protocol: v.get(PROTOCOL)?,
        sender_lens: [(v.u8(4)? & ATM_LEN_MASK).into(), (v.u8(5)? & ATM_LEN_MASK).into(), v.u8(8)?.into()],
        target_lens: [(v.u8(9)? & ATM_LEN_MASK).into(), (v.u8(10)? & ATM_LEN_MASK).into(), v.u8(11)?.into()],
    };
    v.need(atm.target() + atm.target_lens.iter().sum::<usize>())?;
    if !o.opt.link {
        o.paint(Paint::Protocol, |o| o.put("ARP"));
        o.put(", ");
    }
    let (sender_len, target_len) = (atm.sender_lens[2], atm.target_lens[2]);
    if !is_ip(atm.protocol) || sender_len != 4 || target_len != 4 || o.opt.verbose > 0 {
        o.put((hardware_name(ATM), ", ", protocol_name(atm.protocol), " (len ", sender_len, "/", target_len, ")"));
        if o.opt.verbose == 0 {
            o.put((", length ", v.len()));
            return Ok(());
        }
    }
    let code = v.get(OPERATION)?;
    operation(o, code);
    match code {
        REQUEST => {
            o.put(("who-has ", atm.target_protocol()?));
            if atm.target_lens[0] != 0 {
                o.put((" (", atm.target_hardware()?, ")"));
            }
            o.put((" tell ", atm.sender_protocol()?));
        }
        REPLY => o.put((atm.sender_protocol()?, " is-at ", atm.sender_hardware()?)),
        INVERSE_REQUEST => o.put(("who-is ", atm.target_hardware()?, " tell ", atm.sender_hardware()?)),
        INVERSE_REPLY => o.put((atm.sender_hardware()?, "at ", atm.sender_protocol()?)),
        NAK => o.put(("for ", atm.sender_protocol()?)),
        _ => {
            o.default_dump(v.payload());
            return Ok(());
        }
    }
    o.put((", length ", v.len()));
    Ok(())
}

impl<'p> Atm<'p> {
    fn target(&self) -> usize {
        ATM_HEADER + self.sender_lens.iter().sum::<usize>()
    }

    fn sender_protocol(&self) -> Step<Protocol> {
        let [number, sub, len] = self.sender_lens;
        protocol_address(self.v, ATM_HEADER + number + sub, self.protocol, len, "<wrong splen>")
    }

    fn target_protocol(&self) -> Step<Protocol> {
        let [number, sub, len] = self.target_lens;
        protocol_address(self.v, self.target() + number + sub, self.protocol, len, "<wrong tplen>")
    }

    fn sender_hardware(&self) -> Step<AtmAddress<'p>> {
        self.hardware(ATM_HEADER, self.sender_lens)
    }

    fn target_hardware(&self) -> Step<AtmAddress<'p>> {
        self.hardware(self.target(), self.target_lens)
    }

    fn hardware(&self, at: usize, [number, sub, _]: [usize; 3]) -> Step<AtmAddress<'p>> {
        Ok(AtmAddress { number: self.v.bytes(at, number)?, sub: self.v.bytes(at + number, sub)? })
    }
}

/// An ATM number with its subaddress, if it has one.
struct AtmAddress<'p> {
    number: &'p [u8],
    sub: &'p [u8],
}

impl Put for AtmAddress<'_> {
    fn put(self, o: &mut Out) {
        if self.number.is_empty() {
            return o.put("<No address>");
        }
        o.line.octets(self.number, b':');
        if !self.sub.is_empty() {
            o.put(",");
            o.line.octets(self.sub, b':');
        }
    }
}
