//! Sockets between a host and its guests as Linux captures them
//! (`linux/vsockmon.h`), with the header of virtio (VIRTIO 1.2, section 5.10).
//! All numbers are little-endian.

use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex, Named, Otherwise, Table};
use crate::view::{Step, View};

/// Octets of the monitor's header.
const HEADER: usize = 32;
/// Octets of the virtio header.
const VIRTIO_HEADER: usize = 44;

/// Both headers for the tree.
const FIELDS: &[Slot] = &[
    Slot::new("vsock.src_cid", 0, 8).little(),
    Slot::new("vsock.dst_cid", 8, 8).little(),
    Slot::new("vsock.src_port", 16, 4).little(),
    Slot::new("vsock.dst_port", 20, 4).little(),
    Slot::new("vsock.op", 24, 2).little(),
    Slot::new("vsock.trans", 26, 2).little(),
    Slot::new("vsock.trans_len", 28, 2).little(),
];
const VIRTIO_FIELDS: &[Slot] = &[
    Slot::new("vsock.virtio.src_cid", 0, 8).little(),
    Slot::new("vsock.virtio.dst_cid", 8, 8).little(),
    Slot::new("vsock.virtio.src_prot", 16, 4).little(),
    Slot::new("vsock.virtio.dst_prot", 20, 4).little(),
    Slot::new("vsock.virtio.len", 24, 4).little(),
    Slot::new("vsock.virtio.type", 28, 2).little(),
    Slot::new("vsock.virtio.op", 30, 2).little(),
    Slot::new("vsock.virtio.flags", 32, 4).little(),
    Slot::new("vsock.virtio.buf_alloc", 36, 4).little(),
    Slot::new("vsock.virtio.fwd_cnt", 40, 4).little(),
];

const OPERATIONS: Table = &[(0, "UNKNOWN"), (1, "CONNECT"), (2, "DISCONNECT"), (3, "CONTROL"), (4, "PAYLOAD")];
const PAYLOAD: u16 = 4;
const TRANSPORTS: Table = &[(0, "UNKNOWN"), (1, "NO_INFO"), (2, "VIRTIO")];
const VIRTIO: u16 = 2;
const VIRTIO_TYPES: Table = &[(1, "STREAM")];
const VIRTIO_OPERATIONS: Table = &[
    (0, "INVALID"),
    (1, "REQUEST"),
    (2, "RESPONSE"),
    (3, "RST"),
    (4, "SHUTDOWN"),
    (5, "RW"),
    (6, "CREDIT UPDATE"),
    (7, "CREDIT REQUEST"),
];

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "vsock";
    if !v.has(HEADER) || v.len() < HEADER {
        o.truncated();
        o.link_len += v.caplen();
        return Ok(());
    }
    o.link_len += HEADER;
    let (operation, transport) = (v.le16(24)?, v.le16(26)?);
    // Only virtio has a header of its own.
    let header_len = if transport == VIRTIO { VIRTIO_HEADER } else { 0 };
    o.see_all(FIELDS, v);
    if transport == VIRTIO {
        o.see_all(VIRTIO_FIELDS, v.skip(HEADER));
    }
    o.put(Named(TRANSPORTS, transport.into(), Otherwise::Dec("Invalid transport (", ")")));
    let mut cut = false;
    if o.opt.verbose > 0 {
        let inner = v.skip(HEADER);
        if transport != VIRTIO {
            o.put("\n\t");
        } else if !inner.has(VIRTIO_HEADER) {
            cut = true;
        } else {
            virtio(o, inner)?;
        }
    } else {
        o.put(" ");
    }
    o.put((v.le64(0)?, ".", v.le32(16)?, " > ", v.le64(8)?, ".", v.le32(20)?, " "));
    o.put((Named(OPERATIONS, operation.into(), Otherwise::Dec(" invalid op (", ")")), ", length ", v.caplen()));
    if o.opt.verbose > 1 && operation == PAYLOAD && !cut {
        let payload = v.skip(HEADER + header_len);
        if payload.caplen() == 0 {
            cut = true;
        } else {
            o.put("\n");
            o.unknown(payload, "\t", payload.caplen());
        }
    }
    if cut {
        o.truncated();
    }
    Ok(())
}

/// The header of virtio.
fn virtio(o: &mut Out, v: View<'_>) -> Step {
    o.put((" (len ", v.le32(24)?, ", type "));
    o.put(Named(VIRTIO_TYPES, v.le16(28)?.into(), Otherwise::Dec("Invalid type (", ")")));
    o.put((", op ", Named(VIRTIO_OPERATIONS, v.le16(30)?.into(), Otherwise::Dec("Invalid op (", ")"))));
    o.put((", flags ", Hex(v.le32(32)?), ", buf_alloc ", v.le32(36)?, ", fwd_cnt ", v.le32(40)?, ")\n\t"));
    Ok(())
}
