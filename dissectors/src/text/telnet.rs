//! Telnet commands and options (RFC 854, RFC 855; IANA, Telnet Options).

use crate::below::Below;
use crate::out::Out;
use crate::put::{Hex, Table, lookup};
use crate::text::telnet_fields;
use crate::view::{Step, View};

const INTERPRET: u8 = 255;
const DONT: u8 = 254;
const WILL: u8 = 251;
const SUBNEGOTIATE: u8 = 250;
const SUBNEGOTIATION_END: u8 = 240;
const COMMANDS: Table = &[
    (236, "EOF"),
    (237, "SUSP"),
    (238, "ABORT"),
    (239, "EOR"),
    (240, "SE"),
    (241, "NOP"),
    (242, "DMARK"),
    (243, "BRK"),
    (244, "IP"),
    (245, "AO"),
    (246, "AYT"),
    (247, "EC"),
    (248, "EL"),
    (249, "GA"),
    (250, "SB"),
    (251, "WILL"),
    (252, "WONT"),
    (253, "DO"),
    (254, "DONT"),
    (255, "IAC"),
];

const AUTHENTICATION: u8 = 37;
const ENCRYPT: u8 = 38;
const OPTIONS: Table = &[
    (0, "BINARY"),
    (1, "ECHO"),
    (2, "RCP"),
    (3, "SUPPRESS GO AHEAD"),
    (4, "NAME"),
    (5, "STATUS"),
    (6, "TIMING MARK"),
    (7, "RCTE"),
    (8, "NAOL"),
    (9, "NAOP"),
    (10, "NAOCRD"),
    (11, "NAOHTS"),
    (12, "NAOHTD"),
    (13, "NAOFFD"),
    (14, "NAOVTS"),
    (15, "NAOVTD"),
    (16, "NAOLFD"),
    (17, "EXTEND ASCII"),
    (18, "LOGOUT"),
    (19, "BYTE MACRO"),
    (20, "DATA ENTRY TERMINAL"),
    (21, "SUPDUP"),
    (22, "SUPDUP OUTPUT"),
    (23, "SEND LOCATION"),
    (24, "TERMINAL TYPE"),
    (25, "END OF RECORD"),
    (26, "TACACS UID"),
    (27, "OUTPUT MARKING"),
    (28, "TTYLOC"),
    (29, "3270 REGIME"),
    (30, "X.3 PAD"),
    (31, "NAWS"),
    (32, "TSPEED"),
    (33, "LFLOW"),
    (34, "LINEMODE"),
    (35, "XDISPLOC"),
    (36, "OLD-ENVIRON"),
    (37, "AUTHENTICATION"),
    (38, "ENCRYPT"),
    (39, "NEW-ENVIRON"),
];

const QUALIFIERS: Table = &[(0, "IS"), (1, "SEND"), (2, "INFO")];
const AUTHENTICATION_COMMANDS: Table = &[(0, "IS"), (1, "SEND"), (2, "REPLY"), (3, "NAME")];
const AUTHENTICATION_TYPES: Table = &[
    (0, "NULL"),
    (1, "KERBEROS_V4"),
    (2, "KERBEROS_V5"),
    (3, "SPX"),
    (4, "MINK"),
    (5, "SRP"),
    (6, "RSA"),
    (7, "SSL"),
    (10, "LOKI"),
    (11, "SSA"),
    (12, "KEA_SJ"),
    (13, "KEA_SJ_INTEG"),
    (14, "DSS"),
    (15, "NTLM"),
];
const ENCRYPTION_COMMANDS: Table = &[
    (0, "IS"),
    (1, "SUPPORT"),
    (2, "REPLY"),
    (3, "START"),
    (4, "END"),
    (5, "REQUEST-START"),
    (6, "REQUEST-END"),
    (7, "END_KEYID"),
    (8, "DEC_KEYID"),
];
const ENCRYPTION_TYPES: Table = &[
    (0, "NULL"),
    (1, "DES_CFB64"),
    (2, "DES_OFB64"),
    (3, "DES3_CFB64"),
    (4, "DES3_OFB64"),
    (6, "CAST5_40_CFB64"),
    (7, "CAST5_40_OFB64"),
    (8, "CAST128_CFB64"),
    (9, "CAST128_OFB64"),
];

/// Prints the commands at the start of a segment; text is not printed.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "telnet";
    telnet_fields::note(o, v);
    let dumped = o.opt.hex_ascii > 0 && o.opt.verbose > 2;
    let mut first = true;
    let (mut at, mut left) = (0, v.len());
    while left > 0 && v.u8(at)? == INTERPRET {
        let rest = v.skip(at).claim(left);
        let Some(command) = Command::read(rest)? else { break };
        if dumped {
            if first {
                o.put("\nTelnet:");
            }
            dump(o, v, at, command.taken)?;
        } else {
            o.put(if first { " [telnet " } else { ", " });
        }
        command.put(o, rest)?;
        first = false;
        at += command.taken;
        // A command that ends beyond the segment leaves a length that has
        // wrapped: what is captured behind it is read too.
        left = (left as u32).wrapping_sub(command.taken as u32) as usize;
    }
    if !first {
        o.put(if dumped { "\n" } else { "]" });
    }
    Ok(())
}

/// The octets of a command, and space up to a column.
fn dump(o: &mut Out, v: View<'_>, at: usize, taken: usize) -> Step {
    let octets = v.skip(at).data();
    o.hex_dump_from("\n", &octets[..taken.min(octets.len())], at);
    v.skip(at).need(taken)?;
    if taken > 8 {
        o.put("\n\t\t\t\t");
    } else {
        for _ in 0..(8 - taken) * 3 {
            o.put(" ");
        }
        o.put("\t");
    }
    Ok(())
}

/// A whole command.
struct Command {
    code: u8,
    /// The option of a negotiation or subnegotiation.
    option: Option<u8>,
    /// Where the parameters of a subnegotiation end.
    end: usize,
    /// All its octets.
    taken: usize,
}

/// Octets before the parameters of a subnegotiation.
const PARAMETERS: usize = 3;

impl Command {
    /// The command at the start of `v`; nothing if it is not whole.
    fn read(v: View<'_>) -> Step<Option<Self>> {
        if v.len() < 2 {
            return Ok(None);
        }
        let code = v.u8(1)?;
        if lookup(COMMANDS, code.into()).is_none() {
            return Ok(None);
        }
        if !(SUBNEGOTIATE..=DONT).contains(&code) {
            return Ok(Some(Command { code, option: None, end: 2, taken: 2 }));
        }
        if v.len() < PARAMETERS {
            return Ok(None);
        }
        let option = Some(v.u8(2)?);
        if code >= WILL {
            return Ok(Some(Command { code, option, end: PARAMETERS, taken: PARAMETERS }));
        }
        let mut end = PARAMETERS;
        while v.len() > end + 1 {
            if v.u8(end)? == INTERPRET && v.u8(end + 1)? == SUBNEGOTIATION_END {
                break;
            }
            end += 1;
        }
        if v.u8(end)? != INTERPRET {
            return Ok(None);
        }
        Ok(Some(Command { code, option, end, taken: end + 2 }))
    }

    fn put(&self, o: &mut Out, v: View<'_>) -> Step {
        if self.code == INTERPRET {
            o.put("IAC ");
        }
        o.put(lookup(COMMANDS, self.code.into()));
        let Some(option) = self.option else { return Ok(()) };
        o.put(" ");
        name_or_hex(o, OPTIONS, option);
        if self.code != SUBNEGOTIATE {
            return Ok(());
        }
        let tables: &[Table] = match option {
            AUTHENTICATION => &[AUTHENTICATION_COMMANDS, AUTHENTICATION_TYPES],
            ENCRYPT => &[ENCRYPTION_COMMANDS, ENCRYPTION_TYPES],
            _ => &[QUALIFIERS],
        };
        for (i, at) in (PARAMETERS..self.end).enumerate() {
            o.put(" ");
            name_or_hex(o, tables.get(i).copied().unwrap_or(&[]), v.u8(at)?);
        }
        o.put(" SE");
        Ok(())
    }
}

/// A name, or hexadecimal whose zero has no prefix.
fn name_or_hex(o: &mut Out, table: Table, value: u8) {
    match lookup(table, value.into()) {
        Some(name) => o.put(name),
        None if value == 0 => o.put("0"),
        None => o.put(("0x", Hex(value))),
    }
}
