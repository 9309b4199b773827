//! Names of numbers and bits of OpenFlow 1.0 (OpenFlow Switch Specification 1.0.0).

use crate::out::Out;
use crate::put::{Put, Table};

pub(super) const PORT_CONFIGURATION: Table = &[
    (0x01, "PORT_DOWN"),
    (0x02, "NO_STP"),
    (0x04, "NO_RECV"),
    (0x08, "NO_RECV_STP"),
    (0x10, "NO_FLOOD"),
    (0x20, "NO_FWD"),
    (0x40, "NO_PACKET_IN"),
];
pub(super) const LINK_DOWN: u32 = 1;
/// The bits of a port's state that say where the spanning tree has it.
pub(super) const PORT_TREE: u32 = 0x300;
pub(super) const PORT_TREE_STATES: Table =
    &[(0, "STP_LISTEN"), (0x100, "STP_LEARN"), (0x200, "STP_FORWARD"), (0x300, "STP_BLOCK")];
pub(super) const PORT_FEATURES: Table = &[
    (0x001, "10MB_HD"),
    (0x002, "10MB_FD"),
    (0x004, "100MB_HD"),
    (0x008, "100MB_FD"),
    (0x010, "1GB_HD"),
    (0x020, "1GB_FD"),
    (0x040, "10GB_FD"),
    (0x080, "COPPER"),
    (0x100, "FIBER"),
    (0x200, "AUTONEG"),
    (0x400, "PAUSE"),
    (0x800, "PAUSE_ASYM"),
];
pub(super) const PORTS: Table = &[
    (0xff00, "MAX"),
    (0xfff8, "IN_PORT"),
    (0xfff9, "TABLE"),
    (0xfffa, "NORMAL"),
    (0xfffb, "FLOOD"),
    (0xfffc, "ALL"),
    (0xfffd, "CONTROLLER"),
    (0xfffe, "LOCAL"),
    (0xffff, "NONE"),
];
pub(super) const PORT_CHANGES: Table = &[(0, "ADD"), (1, "DELETE"), (2, "MODIFY")];
pub(super) const QUEUE_PROPERTIES: Table = &[(0, "NONE"), (1, "MIN_RATE")];
pub(super) const QUEUES: Table = &[(0xffff_ffff, "ALL")];
pub(super) const BUFFERS: Table = &[(0xffff_ffff, "NONE")];
pub(super) const TABLES: Table = &[(0xfe, "EMERG"), (0xff, "ALL")];

/// All bits of wildcards: those of [`WILDCARDS`], and how much of each address counts.
pub(super) const ALL_WILDCARDS: u32 = 0x3f_ffff;
pub(super) const WILDCARDS: Table = &[
    (0x01, "IN_PORT"),
    (0x02, "DL_VLAN"),
    (0x04, "DL_SRC"),
    (0x08, "DL_DST"),
    (0x10, "DL_TYPE"),
    (0x20, "NW_PROTO"),
    (0x40, "TP_SRC"),
    (0x80, "TP_DST"),
    (0x10_0000, "DL_VLAN_PCP"),
    (0x20_0000, "NW_TOS"),
];

pub(super) const ACTIONS: Table = &[
    (0, "OUTPUT"),
    (1, "SET_VLAN_VID"),
    (2, "SET_VLAN_PCP"),
    (3, "STRIP_VLAN"),
    (4, "SET_DL_SRC"),
    (5, "SET_DL_DST"),
    (6, "SET_NW_SRC"),
    (7, "SET_NW_DST"),
    (8, "SET_NW_TOS"),
    (9, "SET_TP_SRC"),
    (10, "SET_TP_DST"),
    (11, "ENQUEUE"),
    (0xffff, "VENDOR"),
];
pub(super) const ACTION_BITS: Table = &[
    (0x001, "OUTPUT"),
    (0x002, "SET_VLAN_VID"),
    (0x004, "SET_VLAN_PCP"),
    (0x008, "STRIP_VLAN"),
    (0x010, "SET_DL_SRC"),
    (0x020, "SET_DL_DST"),
    (0x040, "SET_NW_SRC"),
    (0x080, "SET_NW_DST"),
    (0x100, "SET_NW_TOS"),
    (0x200, "SET_TP_SRC"),
    (0x400, "SET_TP_DST"),
    (0x800, "ENQUEUE"),
];
/// The bits of capabilities that may be set; one has a name and must be zero.
pub(super) const CAPABILITIES_DEFINED: u32 = 0xef;
pub(super) const CAPABILITIES: Table = &[
    (0x01, "FLOW_STATS"),
    (0x02, "TABLE_STATS"),
    (0x04, "PORT_STATS"),
    (0x08, "STP"),
    (0x10, "RESERVED"),
    (0x20, "IP_REASM"),
    (0x40, "QUEUE_STATS"),
    (0x80, "ARP_MATCH_IP"),
];
pub(super) const FRAGMENTS: Table = &[(0, "FRAG_NORMAL"), (1, "FRAG_DROP"), (2, "FRAG_REASM")];
pub(super) const COMMANDS: Table =
    &[(0, "ADD"), (1, "MODIFY"), (2, "MODIFY_STRICT"), (3, "DELETE"), (4, "DELETE_STRICT")];
pub(super) const FLOW_FLAGS: Table = &[(1, "SEND_FLOW_REM"), (2, "CHECK_OVERLAP"), (4, "EMERG")];
pub(super) const STATISTICS: Table =
    &[(0, "DESC"), (1, "FLOW"), (2, "AGGREGATE"), (3, "TABLE"), (4, "PORT"), (5, "QUEUE"), (0xffff, "VENDOR")];
pub(super) const REPLY_FLAGS: Table = &[(1, "MORE")];
pub(super) const PACKET_REASONS: Table = &[(0, "NO_MATCH"), (1, "ACTION")];
pub(super) const REMOVAL_REASONS: Table = &[(0, "IDLE_TIMEOUT"), (1, "HARD_TIMEOUT"), (2, "DELETE")];

pub(super) const ERRORS: Table = &[
    (0, "HELLO_FAILED"),
    (1, "BAD_REQUEST"),
    (2, "BAD_ACTION"),
    (3, "FLOW_MOD_FAILED"),
    (4, "PORT_MOD_FAILED"),
    (5, "QUEUE_OP_FAILED"),
];
/// The codes of errors by their type.
pub(super) const ERROR_CODES: [Table; 6] = [
    &[(0, "INCOMPATIBLE"), (1, "EPERM")],
    &[
        (0, "BAD_VERSION"),
        (1, "BAD_TYPE"),
        (2, "BAD_STAT"),
        (3, "BAD_VENDOR"),
        (4, "BAD_SUBTYPE"),
        (5, "EPERM"),
        (6, "BAD_LEN"),
        (7, "BUFFER_EMPTY"),
        (8, "BUFFER_UNKNOWN"),
    ],
    &[
        (0, "BAD_TYPE"),
        (1, "BAD_LEN"),
        (2, "BAD_VENDOR"),
        (3, "BAD_VENDOR_TYPE"),
        (4, "BAD_OUT_PORT"),
        (5, "BAD_ARGUMENT"),
        (6, "EPERM"),
        (7, "TOO_MANY"),
        (8, "BAD_QUEUE"),
    ],
    &[
        (0, "ALL_TABLES_FULL"),
        (1, "OVERLAP"),
        (2, "EPERM"),
        (3, "BAD_EMERG_TIMEOUT"),
        (4, "BAD_COMMAND"),
        (5, "UNSUPPORTED"),
    ],
    &[(0, "BAD_PORT"), (1, "BAD_HW_ADDR")],
    &[(0, "BAD_PORT"), (1, "BAD_QUEUE"), (2, "EPERM")],
];

/// A VLAN, or none.
#[derive(Clone, Copy)]
pub(super) struct Vlan(u16);

/// A VLAN, or none.
pub(super) fn vlan(id: u16) -> Vlan {
    Vlan(id)
}

impl Put for Vlan {
    fn put(self, o: &mut Out) {
        match self.0 {
            0xffff => o.put("NONE"),
            id @ 1..0xfff => o.put(id),
            id => o.put((id, " (bogus)")),
        }
    }
}

/// A priority of IEEE 802.1p.
pub(super) fn priority(value: u8) -> impl Put {
    (value, (value > 7).then_some(" (bogus)"))
}
