//! SOME/IP (AUTOSAR, SOME/IP Protocol Specification R19-11).

use crate::below::Below;
use crate::field::Field;
use crate::industrial::someip_fields;
use crate::out::Out;
use crate::put::{Table, named};
use crate::view::{Step, View};

/// Octets of the header.
const HEADER: usize = 16;

const SERVICE: Field<u16> = Field::new("someip.serviceid", 0);
const METHOD: Field<u16> = Field::new("someip.methodid", 2);
const LENGTH: Field<u32> = Field::new("someip.length", 4);
const CLIENT: Field<u16> = Field::new("someip.clientid", 8);
const SESSION: Field<u16> = Field::new("someip.sessionid", 10);
const PROTOCOL_VERSION: Field<u8> = Field::new("someip.protoversion", 12);
const INTERFACE_VERSION: Field<u8> = Field::new("someip.interfaceversion", 13);
const TYPE: Field<u8> = Field::new("someip.messagetype", 14);
const RETURN_CODE: Field<u8> = Field::new("someip.returncode", 15);

/// The bit of a method's number that makes it an event's.
const EVENT: u16 = 0x8000;
const TYPES: Table = &[
    (0x00, "REQUEST"),
    (0x01, "REQUEST_NO_RETURN"),
    (0x02, "NOTIFICATION"),
    (0x80, "RESPONSE"),
    (0x81, "ERROR"),
    (0x20, "TP_REQUEST"),
    (0x21, "TP_REQUEST_NO_RETURN"),
    (0x22, "TP_NOTIFICATION"),
    (0xa0, "TP_RESPONSE"),
    (0xa1, "TP_ERROR"),
];
const RETURN_CODES: Table = &[
    (0x00, "E_OK"),
    (0x01, "E_NOT_OK"),
    (0x02, "E_UNKNOWN_SERVICE"),
    (0x03, "E_UNKNOWN_METHOD"),
    (0x04, "E_NOT_READY"),
    (0x05, "E_NOT_REACHABLE"),
    (0x06, "E_TIMEOUT"),
    (0x07, "E_WRONG_PROTOCOL_VERSION"),
    (0x08, "E_WRONG_INTERFACE_VERSION"),
    (0x09, "E_MALFORMED_MESSAGE"),
    (0x0a, "E_WRONG_MESSAGE_TYPE"),
    (0x0b, "E_E2E_REPEATED"),
    (0x0c, "E_E2E_WRONG_SEQUENCE"),
    (0x0d, "E_E2E"),
    (0x0e, "E_E2E_NOT_AVAILABLE"),
    (0x0f, "E_E2E_NO_NEW_DATA"),
];

/// A message's header.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "someip";
    o.put("SOMEIP");
    if v.len() < HEADER {
        o.invalid();
        return Ok(());
    }
    v.u32(0)?;
    someip_fields::note(o, v);
    let method = v.get(METHOD)?;
    o.put((", service ", SERVICE.show(v.get(SERVICE)?), if method & EVENT != 0 { ", event " } else { ", method " }));
    o.put(METHOD.text(method, method & !EVENT));
    o.put((", len ", LENGTH.show(v.get(LENGTH)?)));
    o.put((", client ", CLIENT.show(v.get(CLIENT)?), ", session ", SESSION.show(v.get(SESSION)?)));
    o.put((", pver ", PROTOCOL_VERSION.show(v.get(PROTOCOL_VERSION)?)));
    o.put((", iver ", INTERFACE_VERSION.show(v.get(INTERFACE_VERSION)?)));
    let kind = v.get(TYPE)?;
    o.put((", msgtype ", TYPE.text(kind, named(TYPES, kind, "Unknown"))));
    let code = v.get(RETURN_CODE)?;
    o.put((", retcode ", RETURN_CODE.text(code, named(RETURN_CODES, code, "Unknown"))));
    // The text that is reproduced ends its line twice.
    o.put("\n");
    Ok(())
}
