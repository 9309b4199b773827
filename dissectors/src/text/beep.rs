//! BEEP (RFC 3080): the kind of a frame.

use crate::below::Below;
use crate::fields::Id;
use crate::out::Out;
use crate::text::{http_fields, line_fields};
use crate::view::{Step, View};

/// The starts of frames. Two of them end with NUL, which no frame has there.
const KINDS: [(&[u8], &str); 7] = [
    (b"MSG\0", " BEEP MSG"),
    (b"RPY ", " BEEP RPY"),
    (b"ERR ", " BEEP ERR"),
    (b"ANS ", " BEEP ANS"),
    (b"NUL ", " BEEP NUL"),
    (b"SEQ ", " BEEP SEQ"),
    (b"END\0", " BEEP END"),
];

/// Names the frame at the start of a segment.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "beep";
    let kind = KINDS.iter().find(|kind| v.payload().starts_with(kind.0));
    if o.tree.is_some() {
        note(o, v.payload());
    }
    o.put(kind.map_or(" BEEP (payload or undecoded)", |kind| kind.1));
    Ok(())
}

/// What a frame's first line holds behind its kind (section 2.2.1); a point or an
/// asterisk is before the third number of all but the last.
const DATA: [Id; 5] =
    [Id::of("beep.channel"), Id::of("beep.msgno"), Id::of("beep.seqno"), Id::of("beep.size"), Id::of("beep.ansno")];
/// RFC 3081, section 3.1.3.
const WINDOW: [Id; 3] = [Id::of("beep.channel"), Id::of("beep.seq.ackno"), Id::of("beep.seq.window")];
const MAX_LINE: usize = 80;

/// Notes the first line of a frame.
fn note(o: &mut Out, octets: &[u8]) {
    let Some((line, _)) = http_fields::line(&octets[..octets.len().min(MAX_LINE)]) else { return };
    let mut words = line.split(|&octet| octet == b' ');
    let kind = words.next().unwrap_or_default();
    let fields: &[Id] = match kind {
        b"MSG" | b"RPY" | b"ERR" | b"ANS" | b"NUL" => &DATA,
        b"SEQ" => &WINDOW,
        _ => return,
    };
    if kind != b"SEQ" {
        o.note_octets(id!("beep.command"), kind);
    }
    let numbers = words.filter(|word| *word != b"." && *word != b"*");
    for (field, number) in fields.iter().zip(numbers.map(line_fields::number)) {
        let Some(number) = number else { return };
        o.note(*field, number);
    }
}
