//! Tunnels and labels.

use super::Kind::{self, Decimal, Flag, Hex};

pub(super) const ROWS: &[(&str, Kind, &str)] = &[
    ("geneve.flags", Hex(2), "Flags"),
    ("geneve.options_length", Decimal, "Length of the options"),
    ("geneve.proto_type", Hex(4), "Protocol Type"),
    ("geneve.version", Decimal, "Version"),
    ("geneve.vni", Hex(6), "Virtual Network Identifier (VNI)"),
    ("gre.flags.checksum", Flag, "Checksum Bit"),
    ("gre.flags.key", Flag, "Key Bit"),
    ("gre.flags.recursion_control", Decimal, "Recursion control"),
    ("gre.flags.routing", Flag, "Routing Bit"),
    ("gre.flags.sequence_number", Flag, "Sequence Number Bit"),
    ("gre.flags.strict_source_route", Flag, "Strict Source Route Bit"),
    ("gre.flags.version", Decimal, "Version"),
    ("gre.flags_and_version", Hex(4), "Flags and Version"),
    ("gre.key", Hex(8), "Key"),
    ("gre.proto", Hex(4), "Protocol Type"),
    ("gre.sequence_number", Decimal, "Sequence Number"),
    ("ipcomp.cpi", Hex(4), "IPComp CPI"),
    ("l2tp.session", Decimal, "Session ID"),
    ("l2tp.tunnel", Decimal, "Tunnel ID"),
    ("l2tp.type", Decimal, "Type"),
    ("mpls.bottom", Decimal, "MPLS Bottom Of Label Stack"),
    ("mpls.exp", Decimal, "MPLS Experimental Bits"),
    ("mpls.label", Decimal, "MPLS Label"),
    ("mpls.ttl", Decimal, "MPLS TTL"),
    ("vxlan.flags", Hex(4), "Flags"),
    ("vxlan.vni", Decimal, "VXLAN Network Identifier (VNI)"),
];
