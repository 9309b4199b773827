//! The spanning tree protocols: STP (IEEE 802.1D), RSTP (802.1w), MSTP (802.1s)
//! and SPB (802.1aq).

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::out::Out;
use crate::put::{Hex2, Hex4, Hex8, Named, Otherwise, Put, Table, Zeros, bits, named};
use crate::view::{Step, Stop, View};

const PROTOCOL: Field<u16> = Field::new("stp.protocol", 0);
const VERSION: Field<u8> = Field::new("stp.version", 2);
const TYPE: Field<u8> = Field::new("stp.type", 3);
const FLAGS: Field<u8> = Field::new("stp.flags", 4);
const ROOT: usize = 5;
const ROOT_COST: Field<u32> = Field::new("stp.root.cost", 13);
const BRIDGE: usize = 17;
const PORT: Field<u16> = Field::new("stp.port", 25);
const MESSAGE_AGE: usize = 27;
const MAX_AGE: usize = 29;
const HELLO_TIME: usize = 31;
const FORWARD_DELAY: usize = 33;
const VERSION_1_LEN: usize = 35;

/// Octets of a configuration message, and with the version 1 length of a rapid one.
const CONFIGURATION_LEN: usize = 35;
const RAPID_LEN: usize = 36;
/// Octets of a multiple spanning tree message without instances.
const MULTIPLE_LEN: usize = 102;

const VERSION_RAPID: u8 = 2;
const VERSION_MULTIPLE: u8 = 3;
const VERSION_SHORTEST_PATH: u8 = 4;
const VERSIONS: Table = &[(0, "802.1d"), (2, "802.1w"), (3, "802.1s"), (4, "802.1aq")];

const TYPE_CONFIGURATION: u8 = 0x00;
const TYPE_RAPID: u8 = 0x02;
const TYPES: Table = &[(0x00, "Config"), (0x02, "Rapid STP"), (0x80, "Topology Change")];

const FLAG_NAMES: Table = &[
    (0x01, "Topology change"),
    (0x02, "Proposal"),
    (0x10, "Learn"),
    (0x20, "Forward"),
    (0x40, "Agreement"),
    (0x80, "Topology change ACK"),
];
const ROLES: Table = &[(0, "Unknown"), (1, "Alternate"), (2, "Root"), (3, "Designated")];

/// A bridge protocol data unit.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "stp";
    let result = message(o, v);
    o.settle(result)
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    let least = |len: usize| if v.len() < len { Err(Stop::Malformed) } else { Ok(()) };
    least(4)?;
    if v.get(PROTOCOL)? != 0 {
        o.put(("unknown STP version, length ", v.len()));
        return Ok(());
    }
    let version = v.get(VERSION)?;
    o.see(PROTOCOL, v);
    o.see(VERSION, v);
    o.see(TYPE, v);
    let name = Named(VERSIONS, version.into(), Otherwise::Hex("Unknown STP protocol (0x", 2, ")"));
    o.put(("STP ", name));
    if !matches!(version, 0 | VERSION_RAPID..=VERSION_SHORTEST_PATH) {
        return Ok(());
    }
    let kind = v.get(TYPE)?;
    o.put((", ", Named(TYPES, kind.into(), Otherwise::Hex("Unknown BPDU Type (0x", 2, ")"))));
    if matches!(kind, TYPE_CONFIGURATION | TYPE_RAPID) {
        o.see_all(CONFIGURATION, v);
        o.see_all(if kind == TYPE_RAPID { RAPID } else { &[] }, v);
    }
    match (kind, version) {
        (TYPE_CONFIGURATION, _) => {
            least(CONFIGURATION_LEN)?;
            configuration(o, v)
        }
        (TYPE_RAPID, VERSION_RAPID) => {
            least(RAPID_LEN)?;
            configuration(o, v)
        }
        (TYPE_RAPID, VERSION_MULTIPLE | VERSION_SHORTEST_PATH) => {
            least(MULTIPLE_LEN)?;
            if v.u8(VERSION_1_LEN)? != 0 {
                return Err(Stop::Malformed);
            }
            // A version's length does not count its own two octets.
            let multiple_len = usize::from(v.u16(VERSION_3_LEN)?) + 2;
            least(RAPID_LEN + multiple_len)?;
            multiple(o, v)?;
            if version == VERSION_MULTIPLE {
                return Ok(());
            }
            let at = VERSION_3_LEN + multiple_len;
            let shortest_len = usize::from(v.u16(at)?) + 2;
            least(RAPID_LEN + multiple_len + shortest_len)?;
            if shortest_len < SHORTEST_PATH_LEN {
                return Err(Stop::Malformed);
            }
            shortest_path(o, v.skip(at))
        }
        _ => Ok(()),
    }
}

/// A bridge identifier: priority and address.
fn bridge(v: View<'_>, at: usize) -> Step<Bridge> {
    Ok(Bridge(v.array(at)?))
}

struct Bridge([u8; 8]);

impl Put for Bridge {
    fn put(self, o: &mut Out) {
        let [high, low, address @ ..] = self.0;
        o.put((Hex2(high), Hex2(low), "."));
        o.line.octets(&address, b':');
    }
}

/// A time in units of 1/256 second, rounded to hundredths with ties to even.
struct Seconds(u16);

impl Put for Seconds {
    fn put(self, o: &mut Out) {
        let scaled = u32::from(self.0) * 100;
        let (mut hundredths, rest) = (scaled >> 8, scaled & 0xff);
        if rest > 128 || (rest == 128 && hundredths % 2 == 1) {
            hundredths += 1;
        }
        o.put((hundredths / 100, ".", Zeros(hundredths % 100, 2), "s"));
    }
}

fn flags(value: u8) -> impl Put {
    bits(FLAG_NAMES, value, ", ", "none")
}

fn role(flags: u8) -> Named {
    named(ROLES, flags >> 2 & 3, "Unknown")
}

fn times(o: &mut Out, v: View<'_>) -> Step {
    let seconds = |at: usize| v.u16(at).map(Seconds);
    o.put((
        ("\n\tmessage-age ", seconds(MESSAGE_AGE)?, ", max-age ", seconds(MAX_AGE)?),
        (", hello-time ", seconds(HELLO_TIME)?, ", forwarding-delay ", seconds(FORWARD_DELAY)?),
    ));
    Ok(())
}

/// The tree's fields of a configuration; times are in 1/256 second.
const CONFIGURATION: &[Slot] = &[
    Slot::new("stp.flags", 4, 1),
    Slot::new("stp.flags.tcack", 4, 1).bits(7, 1),
    Slot::new("stp.flags.tc", 4, 1).bits(0, 1),
    Slot::new("stp.root.prio", 5, 2).bits(0, 0xf000),
    Slot::new("stp.root.ext", 5, 2).bits(0, 0x0fff),
    Slot::new("stp.root.hw", 7, 6),
    Slot::new("stp.root.cost", 13, 4),
    Slot::new("stp.bridge.prio", 17, 2).bits(0, 0xf000),
    Slot::new("stp.bridge.ext", 17, 2).bits(0, 0x0fff),
    Slot::new("stp.bridge.hw", 19, 6),
    Slot::new("stp.port", 25, 2),
    Slot::new("stp.msg_age", 27, 2).bits(8, 0xff),
    Slot::new("stp.max_age", 29, 2).bits(8, 0xff),
    Slot::new("stp.hello", 31, 2).bits(8, 0xff),
    Slot::new("stp.forward", 33, 2).bits(8, 0xff),
];

/// A configuration or rapid message.
fn configuration(o: &mut Out, v: View<'_>) -> Step {
    let set = v.get(FLAGS)?;
    o.put((", Flags [", flags(set), "]"));
    let port = v.get(PORT)?;
    o.put((", bridge-id ", bridge(v, BRIDGE)?, ".", Hex4(port), ", length ", v.len()));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    times(o, v)?;
    o.put(("\n\troot-id ", bridge(v, ROOT)?, ", root-pathcost ", v.get(ROOT_COST)?));
    if v.get(VERSION)? == VERSION_RAPID {
        o.put((", port-role ", role(set)));
    }
    Ok(())
}

const VERSION_3_LEN: usize = 36;
const CONFIGURATION_NAME: usize = 39;
const CONFIGURATION_NAME_LEN: usize = 32;
const CONFIGURATION_REVISION: usize = 71;
const CONFIGURATION_DIGEST: usize = 73;
const INTERNAL_COST: usize = 89;
const CIST_BRIDGE: usize = 93;
const REMAINING_HOPS: usize = 101;
const INSTANCES: usize = 102;
/// Octets of version 3 before the instances.
const INSTANCES_OFFSET: usize = 64;
/// Octets of an instance.
const INSTANCE: usize = 16;

/// A digest of 16 octets.
fn digest(v: View<'_>, at: usize) -> Step<impl Put> {
    Ok((Hex8(v.u32(at)?), Hex8(v.u32(at + 4)?), Hex8(v.u32(at + 8)?), Hex8(v.u32(at + 12)?)))
}

/// A multiple spanning tree message (IEEE 802.1Q, clause 14).
fn multiple(o: &mut Out, v: View<'_>) -> Step {
    let set = v.get(FLAGS)?;
    o.put((", CIST Flags [", flags(set), "], length ", v.len()));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    o.put(("\n\tport-role ", role(set), ", "));
    o.put(("CIST root-id ", bridge(v, ROOT)?, ", CIST ext-pathcost ", v.get(ROOT_COST)?));
    o.put(("\n\tCIST regional-root-id ", bridge(v, BRIDGE)?, ", "));
    o.put(("CIST port-id ", Hex4(v.get(PORT)?), ","));
    times(o, v)?;
    let version_3_len = usize::from(v.u16(VERSION_3_LEN)?);
    o.put(("\n\tv3len ", version_3_len, ", MCID Name "));
    o.text_to_nul(v.skip(CONFIGURATION_NAME), CONFIGURATION_NAME_LEN)?;
    o.put((", rev ", v.u16(CONFIGURATION_REVISION)?, ",\n\t\tdigest ", digest(v, CONFIGURATION_DIGEST)?, ", "));
    o.put(("CIST int-root-pathcost ", v.u32(INTERNAL_COST)?, ","));
    o.put(("\n\tCIST bridge-id ", bridge(v, CIST_BRIDGE)?, ", "));
    o.put(("CIST remaining-hops ", v.u8(REMAINING_HOPS)?));
    let instances = version_3_len.saturating_sub(INSTANCES_OFFSET) / INSTANCE;
    for index in 0..instances {
        instance(o, v.skip(INSTANCES + index * INSTANCE))?;
    }
    Ok(())
}

/// The tree's fields of what rapid messages add.
const RAPID: &[Slot] = &[
    Slot::new("stp.flags.agreement", 4, 1).bit(6),
    Slot::new("stp.flags.forwarding", 4, 1).bit(5),
    Slot::new("stp.flags.learning", 4, 1).bit(4),
    Slot::new("stp.flags.port_role", 4, 1).bits(2, 3),
    Slot::new("stp.flags.proposal", 4, 1).bit(1),
];
/// And those of an instance.
const MULTIPLE: &[Slot] = &[
    Slot::new("mstp.msti.flags", 0, 1),
    Slot::new("stp.flags.tcack", 0, 1).bit(7),
    Slot::new("stp.flags.agreement", 0, 1).bit(6),
    Slot::new("stp.flags.forwarding", 0, 1).bit(5),
    Slot::new("stp.flags.learning", 0, 1).bit(4),
    Slot::new("stp.flags.port_role", 0, 1).bits(2, 3),
    Slot::new("stp.flags.proposal", 0, 1).bit(1),
    Slot::new("stp.flags.tc", 0, 1).bit(0),
    Slot::new("mstp.msti.msti_id", 1, 2).bits(0, 0x0fff),
    Slot::new("mstp.msti.root.hw", 3, 6),
    Slot::new("mstp.msti.root_cost", 9, 4),
    Slot::new("mstp.msti.bridge_priority", 13, 1).bits(4, 0xf),
    Slot::new("mstp.msti.port_priority", 14, 1).bits(4, 0xf),
    Slot::new("mstp.msti.remaining_hops", 15, 1),
];

/// One spanning tree instance of a message.
fn instance(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(MULTIPLE, v);
    let (set, id) = (v.u8(0)?, v.u16(1)? & 0xfff);
    o.put(("\n\tMSTI ", id, ", Flags [", flags(set), "], port-role ", role(set)));
    o.put(("\n\t\tMSTI regional-root-id ", bridge(v, 1)?, ", pathcost ", v.u32(9)?));
    o.put(("\n\t\tMSTI bridge-prio ", v.u8(13)? >> 4, ", port-prio ", v.u8(14)? >> 4, ", hops ", v.u8(15)?));
    Ok(())
}

/// The least octets of version 4 with its length.
const SHORTEST_PATH_LEN: usize = 87;

/// The part that shortest path bridging adds (IEEE 802.1aq, clause 14).
fn shortest_path(o: &mut Out, v: View<'_>) -> Step {
    if o.opt.verbose == 0 {
        return Ok(());
    }
    o.put(("\n\tv4len ", v.u16(0)?, ", AUXMCID Name "));
    o.text_to_nul(v.skip(3), CONFIGURATION_NAME_LEN)?;
    o.put((", Rev ", v.u16(35)?, ",\n\t\tdigest ", digest(v, 37)?));
    let agreement = v.u8(53)?;
    let (format, convention) = (v.u8(55)?, v.u8(56)?);
    o.put((
        ("\n\tAgreement num ", agreement >> 6, ", Discarded Agreement num ", agreement >> 4 & 3),
        (", Agreement valid-flag ", agreement >> 3 & 1, ",\n\tRestricted role-flag: ", agreement >> 2 & 1),
        (", Format id ", format >> 4, " cap ", format, ", Convention id ", convention >> 4, " cap ", convention),
        (",\n\tEdge count ", v.u16(57)?, ", Agreement digest ", digest(v, 67)?, Hex8(v.u32(83)?)),
    ));
    Ok(())
}
