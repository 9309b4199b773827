//! 802.11 management frames (IEEE 802.11, 9.3.3) with the elements that are
//! printed of them.

use super::codes::{REASONS, STATUSES};
use super::ieee80211::{Control, PROTECTED, initialization_vector, subtype};
use crate::out::Out;
use crate::put::{Hex, Mac, Named, Otherwise, Table};
use crate::view::{Step, View};

const FRAMES: Table = &[
    (0, "Assoc Request"),
    (1, "Assoc Response"),
    (2, "ReAssoc Request"),
    (3, "ReAssoc Response"),
    (4, "Probe Request"),
    (5, "Probe Response"),
    (8, "Beacon"),
    (9, "ATIM"),
    (10, "Disassociation"),
    (11, "Authentication"),
    (12, "DeAuthentication"),
    (13, "Action"),
];

/// The capabilities that are printed.
const EXTENDED_SERVICE_SET: u16 = 0x0001;
const PRIVACY: u16 = 0x0010;

/// Prints the body of a frame; false if it is cut.
pub(super) fn dissect(o: &mut Out, control: Control, source: Mac, v: View<'_>) -> Step<bool> {
    let subtype = subtype(control);
    o.put(Named(FRAMES, subtype.into(), Otherwise::Hex("Unhandled Management subtype(", 1, ")")));
    if control & PROTECTED != 0 {
        return Ok(initialization_vector(o, v));
    }
    let fixed = match subtype {
        0 => 4,
        1 | 3 | 11 => 6,
        2 => 10,
        5 | 8 => 12,
        10 | 12 | 13 => 2,
        _ => 0,
    };
    if !v.has(fixed) || v.len() < fixed {
        return Ok(false);
    }
    let rest = v.skip(fixed);
    match subtype {
        0 | 4 => {
            let elements = Elements::read(rest);
            elements.put_network(o);
            elements.put_rates(o);
            Ok(elements.complete)
        }
        1 | 3 => association_response(o, v, rest),
        2 => {
            let elements = Elements::read(rest);
            elements.put_network(o);
            o.put((" AP : ", Mac(v.array(4)?)));
            Ok(elements.complete)
        }
        5 | 8 => beacon(o, v, rest, subtype == 8),
        10 => {
            o.put((": ", reason(v.le16(0)?)));
            Ok(true)
        }
        11 => authentication(o, v, rest),
        12 => {
            if !o.opt.link {
                o.put((" (", source, ")"));
            }
            o.put((": ", reason(v.le16(0)?)));
            Ok(true)
        }
        13 => {
            action(o, source, v)?;
            Ok(true)
        }
        _ => Ok(true),
    }
}

fn reason(code: u16) -> &'static str {
    REASONS.get(usize::from(code)).copied().unwrap_or("Reserved")
}

fn status(code: u16) -> &'static str {
    STATUSES.get(usize::from(code)).copied().unwrap_or("n/a")
}

/// A beacon or the response to a probe.
fn beacon(o: &mut Out, v: View<'_>, rest: View<'_>, beacon: bool) -> Step<bool> {
    let capabilities = v.le16(10)?;
    let elements = Elements::read(rest);
    elements.put_network(o);
    elements.put_rates(o);
    if beacon {
        o.put(if capabilities & EXTENDED_SERVICE_SET != 0 { " ESS" } else { " IBSS" });
    }
    if let Some(channel) = elements.channel {
        o.put((" CH: ", channel));
    }
    if capabilities & PRIVACY != 0 {
        o.put(", PRIVACY");
    }
    Ok(elements.complete)
}

fn association_response(o: &mut Out, v: View<'_>, rest: View<'_>) -> Step<bool> {
    let complete = Elements::read(rest).complete;
    o.put((" AID(", Hex(v.le16(4)? & 0x3fff), ") :"));
    o.put((if v.le16(0)? & PRIVACY != 0 { " PRIVACY " } else { "" }, ": ", status(v.le16(2)?)));
    Ok(complete)
}

fn authentication(o: &mut Out, v: View<'_>, rest: View<'_>) -> Step<bool> {
    const SHARED_KEY: u16 = 1;
    let complete = Elements::read(rest).complete;
    let (algorithm, sequence) = (v.le16(0)?, v.le16(2)?);
    let name = match algorithm {
        0 => "Open System",
        SHARED_KEY => "Shared Key",
        2 => "EAP",
        _ => "Reserved",
    };
    let challenge = algorithm == SHARED_KEY && matches!(sequence, 2 | 3);
    o.put((" (", name, ")-", Hex(sequence), if challenge { " [Challenge Text] " } else { ": " }));
    if sequence % 2 != 0 {
        o.put(status(v.le16(4)?));
    }
    Ok(complete)
}

const CATEGORIES: Table = &[
    (0, "Spectrum Management"),
    (1, "QoS"),
    (2, "DLS"),
    (3, "BA"),
    (7, "HT"),
    (13, "MeshAction"),
    (14, "MultiohopAction"),
    (15, "SelfprotectAction"),
    (127, "Vendor"),
];

/// The names of a category's actions.
fn actions(category: u8) -> Table {
    match category {
        3 => &[(0, "ADDBA Request"), (1, "ADDBA Response"), (2, "DELBA")],
        7 => &[(0, "TxChWidth"), (1, "MIMOPwrSave")],
        13 => &[
            (0, "MeshLink"),
            (1, "HWMP"),
            (2, "Gate Announcement"),
            (3, "Congestion Control"),
            (4, "MCCA Setup Request"),
            (5, "MCCA Setup Reply"),
            (6, "MCCA Advertisement Request"),
            (7, "MCCA Advertisement"),
            (8, "MCCA Teardown"),
            (9, "TBTT Adjustment Request"),
            (10, "TBTT Adjustment Response"),
        ],
        14 => &[(0, "Proxy Update"), (1, "Proxy Update Confirmation")],
        15 => &[
            (1, "Peering Open"),
            (2, "Peering Confirm"),
            (3, "Peering Close"),
            (4, "Group Key Inform"),
            (5, "Group Key Acknowledge"),
        ],
        _ => &[],
    }
}

fn action(o: &mut Out, source: Mac, v: View<'_>) -> Step {
    if !o.opt.link {
        o.put((" (", source, ")"));
    }
    let (category, action) = (v.u8(0)?, v.u8(1)?);
    o.put((": ", Named(CATEGORIES, category.into(), Otherwise::Dec("Reserved(", ")")), " "));
    o.put(Named(actions(category), action.into(), Otherwise::Dec("Act#", "")));
    Ok(())
}

/// The elements that are printed; of several the first counts.
#[derive(Default)]
struct Elements<'p> {
    network: Option<&'p [u8]>,
    rates: Option<&'p [u8]>,
    channel: Option<u8>,
    /// Whether all elements were there and had possible lengths.
    complete: bool,
}

impl<'p> Elements<'p> {
    /// Reads elements.
    fn read(v: View<'p>) -> Self {
        let mut elements = Elements::default();
        elements.complete = elements.collect(v).is_some();
        elements
    }

    /// Collects elements; nothing if one is cut or too long.
    fn collect(&mut self, v: View<'p>) -> Option<()> {
        let mut rest = v;
        while !rest.is_empty() {
            if rest.len() < 2 {
                return None;
            }
            let (id, length) = (rest.u8(0).ok()?, usize::from(rest.u8(1).ok()?));
            let value = rest.bytes(2, length).ok()?;
            if rest.len() < length + 2 {
                return None;
            }
            let most = match id {
                0 => 32,
                1 => 16,
                5 => 254,
                16 => 253,
                _ => 255,
            };
            if length > most {
                return None;
            }
            match (id, value) {
                (0, _) => self.network = self.network.or(Some(value)),
                // Some stations send an empty element before the real one.
                (1, [_, ..]) => self.rates = self.rates.or(Some(value)),
                (3, [channel]) => self.channel = self.channel.or(Some(*channel)),
                _ => {}
            }
            rest = rest.skip(length + 2);
        }
        Some(())
    }

    /// The name of the network.
    fn put_network(&self, o: &mut Out) {
        if let Some(network) = self.network {
            o.put(" (");
            put_text(o, network);
            o.put(")");
        }
    }

    /// The rates, of which the basic ones have their highest bit set.
    fn put_rates(&self, o: &mut Out) {
        let Some(rates) = self.rates else { return };
        for (i, rate) in rates.iter().enumerate() {
            let halves = rate & 0x7f;
            o.put((if i == 0 { " [" } else { " " }, halves / 2, if halves % 2 == 0 { ".0" } else { ".5" }));
            o.put(if rate & 0x80 != 0 { "*" } else { "" });
        }
        o.put(" Mbit]");
    }
}

/// A text that a NUL may end.
fn put_text(o: &mut Out, text: &[u8]) {
    for &byte in text.iter().take_while(|&&byte| byte != 0) {
        o.char(byte);
    }
}
