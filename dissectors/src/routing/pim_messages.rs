//! The messages of PIM version 2 (RFC 7761, section 4.9).

use crate::below::Below;
use crate::network::{ipv4, ipv6};
use crate::out::Out;
use crate::put::{Elapsed, Hex, Hex2, Hex4, Hex8, Ipv4, Ipv6, Named, Otherwise, Table, named};
use crate::view::{Step, Stop, View};

const HELLO: u8 = 0;
const REGISTER: u8 = 1;
const REGISTER_STOP: u8 = 2;
const JOIN_PRUNE: u8 = 3;
const BOOTSTRAP: u8 = 4;
const ASSERT: u8 = 5;
const GRAFT: u8 = 6;
const GRAFT_ACK: u8 = 7;
const CANDIDATE: u8 = 8;
const PRUNE_REFRESH: u8 = 9;
const ELECTION: u8 = 10;

const HELLO_NAMES: Table = &[
    (1, "Hold Time"),
    (2, "LAN Prune Delay"),
    (18, "DR Priority (Old)"),
    (19, "DR Priority"),
    (20, "Generation ID"),
    (21, "State Refresh Capability"),
    (22, "Bi-Directional Capability"),
    (24, "Address List"),
    (65001, "Address List (Old)"),
];
const REGISTER_FLAGS: Table = &[(0x8000_0000, "Border"), (0x4000_0000, "Null")];
const ELECTION_NAMES: Table = &[(1, "Offer"), (2, "Winner"), (3, "Backoff"), (4, "Pass")];

/// A message without its header. One that is too short is malformed.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, kind: u8, subtype: u8, address_len: usize, below: &Below<'_>) -> Step {
    let mut r = Reader { v, address_len };
    match kind {
        HELLO => hello(o, v, address_len),
        REGISTER => register(o, v, below),
        REGISTER_STOP => {
            r.address(o, " group=", Form::Group)?;
            r.address(o, " source=", Form::Unicast)
        }
        JOIN_PRUNE | GRAFT | GRAFT_ACK => r.join_prune(o, kind),
        BOOTSTRAP => r.bootstrap(o),
        ASSERT => {
            r.address(o, " group=", Form::Group)?;
            r.address(o, " src=", Form::Unicast)?;
            r.left(8)?;
            r.v.check(8)?;
            let preference = r.v.u32(0)?;
            o.put((preference >> 31 != 0).then_some(" RPT"));
            o.put((" pref=", preference & 0x7fff_ffff, " metric=", r.v.u32(4)?));
            Ok(())
        }
        CANDIDATE => r.candidate(o),
        PRUNE_REFRESH => {
            r.address(o, " src=", Form::Unicast)?;
            r.address(o, " grp=", Form::Group)?;
            r.address(o, " forwarder=", Form::Unicast)?;
            r.left(2)?;
            o.put(" TUNR ");
            o.put(Elapsed(r.v.u16(0)?.into()));
            Ok(())
        }
        ELECTION => r.election(o, subtype),
        _ => {
            o.put((" [type ", kind, "]"));
            Ok(())
        }
    }
}

/// The form of an encoded address (RFC 7761, section 4.9.1).
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Unicast,
    Group,
    Source,
}

/// Reads encoded addresses one after the other.
struct Reader<'p> {
    v: View<'p>,
    /// Not 0 for addresses without family and encoding.
    address_len: usize,
}

impl Reader<'_> {
    fn left(&self, n: usize) -> Step {
        if self.v.len() < n { Err(Stop::Malformed) } else { Ok(()) }
    }

    fn advance(&mut self, n: usize) {
        self.v = self.v.skip(n);
    }

    /// An encoded address after `label`.
    fn address(&mut self, o: &mut Out, label: &'static str, form: Form) -> Step {
        o.put(label);
        let mut size = self.address_len;
        if size == 0 {
            self.left(2)?;
            size = match self.v.u8(0)? {
                1 => 4,
                2 => 16,
                _ => return Err(Stop::Malformed),
            };
            if self.v.u8(1)? != 0 {
                return Err(Stop::Malformed);
            }
            self.advance(2);
        }
        if size != 4 && size != 16 {
            return Err(Stop::Malformed);
        }
        let before = if form == Form::Unicast { 0 } else { 2 };
        self.left(before + size)?;
        self.v.check(before + size)?;
        if size == 4 {
            o.put(Ipv4(self.v.array(before)?));
        } else {
            o.put(Ipv6(self.v.array(before)?));
        }
        if form != Form::Unicast {
            let (flags, mask) = (self.v.u8(0)?, self.v.u8(1)?);
            o.put((usize::from(mask) != size * 8).then_some(("/", mask)));
            if flags != 0 {
                put_flags(o, flags, form);
            }
        }
        self.advance(before + size);
        Ok(())
    }

    fn join_prune(&mut self, o: &mut Out, kind: u8) -> Step {
        if kind != GRAFT_ACK {
            self.address(o, ", upstream-neighbor: ", Form::Unicast)?;
        }
        self.left(4)?;
        self.v.check(4)?;
        let (groups, hold) = (self.v.u8(1)?, self.v.u16(2)?);
        o.put(("\n\t  ", groups, " group(s)"));
        if kind != GRAFT_ACK {
            o.put(", holdtime: ");
            if hold == 0xffff { o.put("infinite") } else { o.put(Elapsed(hold.into())) }
        }
        self.advance(4);
        for i in 0..groups {
            o.put(("\n\t    group #", u32::from(i) + 1, ": "));
            self.address(o, "", Form::Group)?;
            self.left(4)?;
            self.v.check(4)?;
            let (joins, prunes) = (self.v.u16(0)?, self.v.u16(2)?);
            o.put((", joined sources: ", joins, ", pruned sources: ", prunes));
            self.advance(4);
            for j in 0..joins {
                o.put(("\n\t      joined source #", u32::from(j) + 1, ": "));
                self.address(o, "", Form::Source)?;
            }
            for j in 0..prunes {
                o.put(("\n\t      pruned source #", u32::from(j) + 1, ": "));
                self.address(o, "", Form::Source)?;
            }
        }
        Ok(())
    }

    fn bootstrap(&mut self, o: &mut Out) -> Step {
        self.left(2)?;
        o.put((" tag=", Hex(self.v.u16(0)?)));
        self.advance(2);
        self.left(1)?;
        o.put((" hashmlen=", self.v.u8(0)?));
        self.left(2)?;
        self.v.check(3)?;
        o.put((" BSRprio=", self.v.u8(1)?));
        self.advance(2);
        self.address(o, " BSR=", Form::Unicast)?;
        let mut group = 0u32;
        while !self.v.is_empty() {
            o.put((" (group", group, ": "));
            self.address(o, "", Form::Group)?;
            self.left(1)?;
            o.put((" RPcnt=", self.v.u8(0)?));
            self.left(2)?;
            let points = self.v.u8(1)?;
            o.put((" FRPcnt=", points));
            self.left(4)?;
            self.advance(4);
            for i in 0..points {
                if self.v.is_empty() {
                    break;
                }
                o.put((" RP", i, "="));
                self.address(o, "", Form::Unicast)?;
                self.left(2)?;
                o.put(",holdtime=");
                o.put(Elapsed(self.v.u16(0)?.into()));
                self.left(3)?;
                o.put((",prio=", self.v.u8(2)?));
                self.left(4)?;
                self.advance(4);
            }
            o.put(")");
            group += 1;
        }
        Ok(())
    }

    fn candidate(&mut self, o: &mut Out) -> Step {
        self.left(1)?;
        let prefixes = self.v.u8(0)?;
        o.put((" prefix-cnt=", prefixes));
        self.left(2)?;
        o.put((" prio=", self.v.u8(1)?));
        self.left(4)?;
        o.put(" holdtime=");
        o.put(Elapsed(self.v.u16(2)?.into()));
        self.advance(4);
        self.address(o, " RP=", Form::Unicast)?;
        for i in 0..prefixes {
            if self.v.is_empty() {
                break;
            }
            o.put((" Group", i, "="));
            self.address(o, "", Form::Group)?;
        }
        Ok(())
    }

    /// Elections of designated forwarders (RFC 5015, section 3.7).
    fn election(&mut self, o: &mut Out, subtype: u8) -> Step {
        const BACKOFF: u8 = 3;
        const PASS: u8 = 4;
        o.put(("\n\t  ", named(ELECTION_NAMES, subtype, "Unknown"), ","));
        self.address(o, " rpa=", Form::Unicast)?;
        o.put((" sender pref=", self.v.u32(0)?));
        o.put((" sender metric=", self.v.u32(4)?));
        self.advance(8);
        if subtype == BACKOFF || subtype == PASS {
            let who = if subtype == BACKOFF { "offer" } else { "new winner" };
            o.put(("\n\t  ", who, " addr="));
            self.address(o, "", Form::Unicast)?;
            o.put((" ", who, " pref=", self.v.u32(0)?));
            o.put((" ", who, " metric=", self.v.u32(4)?));
            self.advance(8);
            if subtype == BACKOFF {
                o.put((" interval ", self.v.u16(0)?, "ms"));
            }
        }
        Ok(())
    }
}

fn put_flags(o: &mut Out, flags: u8, form: Form) {
    if form == Form::Group {
        o.put(("(0x", Hex2(flags), ")"));
        return;
    }
    let letter = |bit: u8, text: &'static str| if flags & bit != 0 { text } else { "" };
    o.put(("(", letter(4, "S"), letter(2, "W"), letter(1, "R")));
    o.put((flags & 0xf8 != 0).then_some(("+0x", Hex2(flags & 0xf8))));
    o.put(")");
}

fn hello(o: &mut Out, v: View<'_>, address_len: usize) -> Step {
    let mut v = v;
    while !v.is_empty() {
        if v.len() < 4 {
            return Err(Stop::Malformed);
        }
        let (kind, size) = (v.u16(0)?, v.u16(2)?);
        o.put(("\n\t  ", named(HELLO_NAMES, kind, "Unknown"), " Option (", kind, "), length ", size, ", Value: "));
        v = v.skip(4);
        let length = usize::from(size);
        if v.len() < length {
            return Err(Stop::Malformed);
        }
        v.check(length)?;
        if !hello_option(o, v, kind, size, address_len)? {
            return Ok(());
        }
        if o.opt.verbose > 1 {
            o.unknown(v, "\n\t    ", length);
        }
        v = v.skip(length);
    }
    Ok(())
}

/// The value of a hello option; false if its length is wrong.
fn hello_option(o: &mut Out, v: View<'_>, kind: u16, size: u16, address_len: usize) -> Step<bool> {
    const HOLD_TIME: u16 = 1;
    const PRUNE_DELAY: u16 = 2;
    const PRIORITY_OLD: u16 = 18;
    const PRIORITY: u16 = 19;
    const GENERATION: u16 = 20;
    const REFRESH: u16 = 21;
    const BIDIRECTIONAL: u16 = 22;
    const ADDRESSES: u16 = 24;
    const ADDRESSES_OLD: u16 = 65001;
    let expected = match kind {
        HOLD_TIME => 2,
        PRIORITY | PRIORITY_OLD if size == 0 => 0,
        PRUNE_DELAY | PRIORITY | PRIORITY_OLD | GENERATION | REFRESH => 4,
        _ => size,
    };
    if size != expected {
        o.put(("[option length ", size, " != ", expected, "]"));
        o.invalid();
        return Ok(false);
    }
    match kind {
        HOLD_TIME => o.put(Elapsed(v.u16(0)?.into())),
        PRUNE_DELAY => {
            let delay = v.u16(0)?;
            o.put(("\n\t    T-bit=", delay >> 15, ", LAN delay ", delay & 0x7fff));
            o.put(("ms, Override interval ", v.u16(2)?, "ms"));
        }
        PRIORITY | PRIORITY_OLD if size == 0 => o.put("Bi-Directional Capability (Old)"),
        PRIORITY | PRIORITY_OLD => o.put(v.u32(0)?),
        GENERATION => o.put(("0x", Hex8(v.u32(0)?))),
        REFRESH => {
            o.put(("v", v.u8(0)?));
            let (interval, reserved) = (v.u8(1)?, v.u16(2)?);
            o.put((interval != 0).then_some((", interval ", Elapsed(interval.into()))));
            o.put((reserved != 0).then_some((" ?0x", Hex4(reserved), "?")));
        }
        BIDIRECTIONAL => {}
        ADDRESSES | ADDRESSES_OLD if o.opt.verbose <= 1 => {}
        ADDRESSES | ADDRESSES_OLD => {
            let end = v.len() - usize::from(size);
            let mut r = Reader { v, address_len };
            while r.v.len() > end {
                r.address(o, "\n\t    ", Form::Unicast)?;
            }
        }
        _ if o.opt.verbose <= 1 => o.unknown(v, "\n\t    ", usize::from(size)),
        _ => {}
    }
    Ok(true)
}

/// A multicast packet on its way to the rendezvous point.
fn register(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    if v.len() < 4 {
        return Err(Stop::Malformed);
    }
    o.put((", Flags [ ", Named(REGISTER_FLAGS, v.u32(0)?, Otherwise::Text("none")), " ]\n\t"));
    let v = v.skip(4);
    if v.is_empty() {
        return Err(Stop::Malformed);
    }
    match v.u8(0)? >> 4 {
        0 => o.put(("IP-Null-header ", Ipv4(v.array(12)?), " > ", Ipv4(v.array(16)?))),
        4 => return ipv4::dissect(o, v, below),
        6 => return ipv6::dissect(o, v, below),
        version => o.put(("IP ver ", version)),
    }
    Ok(())
}
