//! Zephyr notices (MIT, The Zephyr Notification System): fields that end with NUL.

use crate::below::Below;
use crate::out::Out;
use crate::put::{Chars, Put, Table, lookup};
use crate::view::{Step, Stop, View};

/// Longer texts are cut where they were built in a buffer.
const MAX_TEXT: usize = 255;

const SERVER_ACK: i32 = 5;
const KINDS: Table = &[
    (0, "unsafe"),
    (1, "unacked"),
    (2, "acked"),
    (3, "hm-ack"),
    (4, "hm-ctl"),
    (5, "serv-ack"),
    (6, "serv-nak"),
    (7, "client-ack"),
    (8, "stat"),
];

/// What is left of a notice.
struct Fields<'p>(View<'p>);

impl<'p> Fields<'p> {
    /// The next field; malformed if none is left.
    fn next(&mut self) -> Step<&'p [u8]> {
        let mut end = 0;
        loop {
            if end >= self.0.len() {
                return Err(Stop::Malformed);
            }
            if self.0.u8(end)? == 0 {
                break;
            }
            end += 1;
        }
        let field = self.0.bytes(0, end)?;
        self.0 = self.0.skip(end + 1);
        Ok(field)
    }
}

/// The fields that are printed.
struct Notice<'p> {
    version: &'p [u8],
    kind: i32,
    class: &'p [u8],
    instance: &'p [u8],
    opcode: &'p [u8],
    sender: &'p [u8],
    recipient: &'p [u8],
}

/// A notice.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "zephyr";
    let mut fields = Fields(v);
    let result = read(&mut fields).and_then(|notice| match notice {
        Some(notice) => {
            // Wireshark has no fields of these.
            o.note(id!("zephyr.kind"), i64::from(notice.kind));
            for (field, text) in [
                (id!("zephyr.class"), notice.class),
                (id!("zephyr.instance"), notice.instance),
                (id!("zephyr.opcode"), notice.opcode),
                (id!("zephyr.sender"), notice.sender),
                (id!("zephyr.recipient"), notice.recipient),
            ] {
                o.note_octets(field, text);
            }
            print(o, &notice, &mut fields)
        }
        None => Ok(()),
    });
    o.settle(result)
}

/// Reads the fields up to the multiple-notice identifier; nothing if it is no notice.
fn read<'p>(fields: &mut Fields<'p>) -> Step<Option<Notice<'p>>> {
    let version = fields.next()?;
    let Some(version) = version.strip_prefix(b"ZEPH") else { return Ok(None) };
    fields.next()?;
    let kind = hexadecimal(fields.next()?);
    // Identifier, port, authentication, its length and data.
    for _ in 0..5 {
        fields.next()?;
    }
    let notice = Notice {
        version,
        kind,
        class: fields.next()?,
        instance: fields.next()?,
        opcode: fields.next()?,
        sender: fields.next()?,
        recipient: fields.next()?,
    };
    // Format, checksum, count and identifier of multiple notices.
    for _ in 0..4 {
        fields.next()?;
    }
    Ok(Some(notice))
}

/// A number with or without `0x`, as far as its digits go.
fn hexadecimal(text: &[u8]) -> i32 {
    let text = text.trim_ascii_start();
    let (negative, text) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    let digits = match text {
        [b'0', b'x' | b'X', rest @ ..] if rest.first().is_some_and(u8::is_ascii_hexdigit) => rest,
        _ => text,
    };
    let mut number = 0_i64;
    for &digit in digits.iter().take_while(|digit| digit.is_ascii_hexdigit()) {
        let value = char::from(digit).to_digit(16).unwrap_or(0);
        number = number.saturating_mul(16).saturating_add(i64::from(value));
    }
    (if negative { number.wrapping_neg() } else { number }) as i32
}

/// Text in lower case.
#[derive(Clone, Copy)]
struct Lower<'p>(&'p [u8]);

impl Put for Lower<'_> {
    fn put(self, o: &mut Out) {
        for byte in self.0.iter().take(MAX_TEXT) {
            o.char(byte.to_ascii_lowercase());
        }
    }
}

/// `<class,instance,recipient>`.
fn triple(o: &mut Out, class: &[u8], instance: &[u8], recipient: &[u8]) {
    let recipient = if recipient.is_empty() { b"*" } else { recipient };
    let parts: [&[u8]; 7] = [b"<", class, b",", instance, b",", recipient, b">"];
    for &byte in parts.into_iter().flatten().take(MAX_TEXT) {
        o.char(byte);
    }
}

fn print(o: &mut Out, n: &Notice<'_>, fields: &mut Fields<'_>) -> Step {
    o.put(" zephyr");
    if !n.version.starts_with(b"0.2") {
        o.put((" v", Chars(n.version)));
        return Ok(());
    }
    match lookup(KINDS, n.kind as u32) {
        Some(name) => o.put((" ", name)),
        None => o.put((" type ", n.kind)),
    }
    let mut lost = false;
    if n.kind == SERVER_ACK {
        match fields.next() {
            Ok(b"SENT") => {}
            Ok(data) => o.put(("/", Lower(data))),
            Err(Stop::Malformed) => lost = true,
            Err(stop) => return Err(stop),
        }
    }
    if !n.sender.is_empty() {
        o.put((" ", Chars(n.sender)));
    }
    match (n.class, n.instance, n.opcode) {
        (b"USER_LOCATE", _, b"USER_HIDE") => o.put(" hide"),
        (b"USER_LOCATE", _, b"USER_UNHIDE") => o.put(" unhide"),
        (b"USER_LOCATE", instance, _) => o.put((" locate ", Chars(instance))),
        (b"ZEPHYR_ADMIN", _, opcode) => o.put((" zephyr-admin ", Lower(opcode))),
        (b"ZEPHYR_CTL", b"CLIENT", b"SUBSCRIBE" | b"SUBSCRIBE_NODEFS" | b"UNSUBSCRIBE") => {
            subscription(o, n, fields, lost)?;
        }
        (b"ZEPHYR_CTL", b"CLIENT", b"GIMME") => o.put(" ret"),
        (b"ZEPHYR_CTL", b"CLIENT", b"GIMMEDEFS") => o.put(" gimme-defs"),
        (b"ZEPHYR_CTL", b"CLIENT", b"CLEARSUB") => o.put(" clear-subs"),
        (b"ZEPHYR_CTL", b"CLIENT" | b"HM", opcode) => o.put((" ", Lower(opcode))),
        (b"ZEPHYR_CTL", b"REALM", opcode) => match opcode {
            b"ADD_SUBSCRIBE" => o.put(" realm add-subs"),
            b"REQ_SUBSCRIBE" => o.put(" realm req-subs"),
            b"RLM_SUBSCRIBE" => o.put(" realm rlm-sub"),
            b"RLM_UNSUBSCRIBE" => o.put(" realm rlm-unsub"),
            _ => {}
        },
        (b"HM_CTL", instance, opcode) => o.put((" hm_ctl ", Lower(instance), " ", Lower(opcode))),
        (b"HM_STAT", b"HMST_CLIENT", b"GIMMESTATS") => o.put(" get-client-stats"),
        (b"WG_CTL", instance, opcode) => o.put((" wg_ctl ", Lower(instance), " ", Lower(opcode))),
        (b"LOGIN", _, b"USER_FLUSH") => o.put(" flush_locs"),
        (
            b"LOGIN",
            _,
            opcode @ (b"NONE" | b"OPSTAFF" | b"REALM-VISIBLE" | b"REALM-ANNOUNCED" | b"NET-VISIBLE" | b"NET-ANNOUNCED"),
        ) => o.put((" set-exposure ", Lower(opcode))),
        (class, instance, opcode) => {
            o.put(" to ");
            triple(o, class, instance, n.recipient);
            if !opcode.is_empty() {
                o.put((" op ", Chars(opcode)));
            }
        }
    }
    Ok(())
}

/// What a client subscribes to or leaves; `lost` if the fields have ended.
fn subscription(o: &mut Out, n: &Notice<'_>, fields: &mut Fields<'_>, lost: bool) -> Step {
    o.put((
        if n.opcode == b"SUBSCRIBE" { " sub" } else { " unsub" },
        if n.opcode == b"SUBSCRIBE_NODEFS" { "-nodefs" } else { "" },
    ));
    if n.kind == SERVER_ACK || lost {
        return Ok(());
    }
    let result = (|| Ok((fields.next()?, fields.next()?, fields.next()?)))();
    match result {
        Ok((class, instance, recipient)) => {
            o.put(" ");
            triple(o, class, instance, recipient);
            Ok(())
        }
        Err(Stop::Malformed) => Ok(()),
        Err(stop) => Err(stop),
    }
}
