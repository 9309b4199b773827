//! DTLS for the tree (RFC 6347, section 4): the header of a record, and the handshake
//! message that one begins with, with what a hello offers.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const RECORD: &[Slot] = &[
    Slot::new("dtls.record.content_type", 0, 1),
    Slot::new("dtls.record.version", 1, 2),
    Slot::new("dtls.record.epoch", 3, 2),
    Slot::new("dtls.record.sequence_number", 5, 6),
    Slot::new("dtls.record.length", 11, 2),
];
const RECORD_SIZE: usize = 13;
const HANDSHAKE: u8 = 22;

const MESSAGE: &[Slot] = &[
    Slot::new("dtls.handshake.type", 0, 1),
    Slot::new("dtls.handshake.length", 1, 3),
    Slot::new("dtls.handshake.message_seq", 4, 2),
    Slot::new("dtls.handshake.fragment_offset", 6, 3),
    Slot::new("dtls.handshake.fragment_length", 9, 3),
];
const MESSAGE_SIZE: usize = 12;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const VERIFY_REQUEST: u8 = 3;

const VERSION: &[Slot] = &[Slot::new("dtls.handshake.version", 0, 2)];
const RANDOM: &[Slot] = &[Slot::new("dtls.handshake.random", 2, 32)];
const CIPHER: &[Slot] = &[Slot::new("dtls.handshake.ciphersuite", 0, 2)];
const EXTENSION: &[Slot] =
    &[Slot::new("dtls.handshake.extension.type", 0, 2), Slot::new("dtls.handshake.extension.len", 2, 2)];

/// Notes a record.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = record(o, v);
    }
}

fn record(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(RECORD, v);
    // Later epochs are encrypted.
    if v.u8(0)? != HANDSHAKE || v.u16(3)? != 0 {
        return Ok(());
    }
    let v = v.skip(RECORD_SIZE).cut(v.u16(11)?.into());
    o.see_all(MESSAGE, v);
    let body = v.skip(MESSAGE_SIZE);
    // What is in several fragments is not put together.
    if v.u24(1)? != v.u24(9)? {
        return Ok(());
    }
    match v.u8(0)? {
        CLIENT_HELLO => client(o, body),
        SERVER_HELLO => server(o, body),
        VERIFY_REQUEST => {
            o.see_all(VERSION, body);
            cookie(o, body.skip(2)).map(drop)
        }
        _ => Ok(()),
    }
}

fn client(o: &mut Out, v: View<'_>) -> Step {
    let rest = beginning(o, v)?;
    let rest = cookie(o, rest)?;
    let size = usize::from(rest.u16(0)?);
    o.see_rows(CIPHER, rest.skip(2).cut(size), 2);
    let rest = rest.skip(2 + size);
    let methods = usize::from(rest.u8(0)?);
    extensions(o, rest.skip(1 + methods))
}

fn server(o: &mut Out, v: View<'_>) -> Step {
    let rest = beginning(o, v)?;
    o.see_all(CIPHER, rest);
    extensions(o, rest.skip(3))
}

/// Version, random octets and session: what follows.
fn beginning<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    const SESSION: usize = 34;
    o.see_all(VERSION, v);
    o.see_all(RANDOM, v);
    Ok(v.skip(SESSION + 1 + usize::from(v.u8(SESSION)?)))
}

/// A cookie (section 4.2.1), and what follows.
fn cookie<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    let size = usize::from(v.u8(0)?);
    if size > 0 {
        o.note_octets(id!("dtls.handshake.cookie"), v.bytes(1, size)?);
    }
    Ok(v.skip(1 + size))
}

fn extensions(o: &mut Out, v: View<'_>) -> Step {
    const SERVER_NAME: u16 = 0;
    const NAME: usize = 9;
    let mut rest = v.skip(2).cut(v.u16(0)?.into());
    while !rest.is_empty() {
        o.see_all(EXTENSION, rest);
        let size = usize::from(rest.u16(2)?);
        if rest.u16(0)? == SERVER_NAME && size > 0 {
            let length = usize::from(rest.u16(NAME - 2)?);
            o.note_octets(id!("dtls.handshake.extensions_server_name"), rest.bytes(NAME, length)?);
        }
        rest = rest.skip(4 + size);
    }
    Ok(())
}
