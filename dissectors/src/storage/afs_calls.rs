//! What the calls of AFS carry, as far as it is written (OpenAFS, the interface
//! descriptions of its services).

/// An argument, or text that is written before one.
pub(super) enum Argument {
    /// Text that the packet does not hold.
    Text(&'static str),
    /// A signed number.
    Signed,
    /// An unsigned number.
    Unsigned,
    /// An unsigned number of 64 bits.
    Long,
    /// A time.
    Date,
    /// A number that is read and not written.
    Unwritten,
    /// Octets that must be captured, and are not written.
    Skip(usize),
    /// Octets that are not written, captured or not.
    SkipUnseen(usize),
    /// A file identifier.
    File,
    /// A server as a destination.
    Server,
    /// Text of at most so many octets.
    String(usize),
    /// Text of so many characters, each in a number.
    Letters(usize),
    /// A version, or a transaction, of a database.
    Version,
    /// A universally unique identifier.
    Unique,
    /// Attributes to set.
    Status,
    /// A list of access rights.
    Access,
    /// Octets with their number before them.
    Opaque,
    /// A type of volume.
    VolumeType,
    /// Yes or no.
    Truth(&'static str),
    /// As many arguments as a number says, what is written between them, and what if
    /// there are none.
    List { each: &'static [Argument], between: &'static str, none: &'static str },
    /// Files with promises about them.
    Callbacks,
    /// Where a volume is, on at most so many servers; by their identifiers or by
    /// their addresses.
    Replicas { servers: usize, unique: bool },
}
use Argument::*;

/// The most octets of names, by what they name.
const FILE_NAME: usize = 256;
const USER_NAME: usize = 64;
const VOLUME_NAME: usize = 65;
const PRINCIPAL_NAME: usize = 64;
const PROCESS_NAME: usize = 256;

const NONE: &str = " <none!>";

/// Calls to the file service.
pub(super) fn file_call(operation: u32) -> &'static [Argument] {
    match operation {
        130 => &[File, Text(" offset"), Unsigned, Text(" length"), Unsigned],
        131 | 132 | 143..=145 | 156..=158 => &[File],
        135 => &[File, Status],
        133 => &[File, Status, Text(" offset"), Unsigned, Text(" length"), Unsigned, Text(" flen"), Unsigned],
        134 => &[File, Access],
        137 | 141 => &[File, String(FILE_NAME), Status],
        136 | 142 => &[File, String(FILE_NAME)],
        138 => &[Text(" old"), File, String(FILE_NAME), Text(" new"), File, String(FILE_NAME)],
        139 => &[File, String(FILE_NAME), Text(" link to"), String(FILE_NAME)],
        140 => &[File, String(FILE_NAME), Text(" link to"), File],
        148 => &[String(FILE_NAME)],
        149 | 150 => &[Text(" volid"), Unsigned],
        154 => &[Text(" volname"), String(FILE_NAME)],
        155 | 65536 => &[List { each: &[File], between: ",", none: NONE }],
        65537 => &[File, Text(" offset"), Long, Text(" length"), Long],
        65538 => &[File, Status, Text(" offset"), Long, Text(" length"), Long, Text(" flen"), Long],
        65541 => &[Text(" addr"), Unsigned],
        _ => &[],
    }
}

/// Replies of the file service.
pub(super) fn file_reply(operation: u32) -> &'static [Argument] {
    match operation {
        131 => &[Access],
        137 | 141 => &[Text(" new"), File],
        151 => &[Text(" root volume"), String(FILE_NAME)],
        153 => &[Date],
        _ => &[],
    }
}

/// Calls to the callback service.
pub(super) fn callback_call(operation: u32) -> &'static [Argument] {
    match operation {
        204 => &[Callbacks],
        214 => &[Text(" afsuuid"), Unique],
        _ => &[],
    }
}

/// Replies of the callback service.
pub(super) fn callback_reply(operation: u32) -> &'static [Argument] {
    if operation == 213 { &[Unique] } else { &[] }
}

/// Calls to the protection service.
pub(super) fn protection_call(operation: u32) -> &'static [Argument] {
    match operation {
        500 => &[String(USER_NAME), Text(" id"), Signed, Text(" oldid"), Signed],
        501 | 506 | 508 | 512 | 514 | 517..=519 | 530 => &[Text(" id"), Signed],
        502 => &[Text(" pos"), Signed],
        503 | 507 | 515 => &[Text(" uid"), Signed, Text(" gid"), Signed],
        504 => &[List { each: &[Letters(USER_NAME)], between: "", none: NONE }],
        505 => &[Text(" ids:"), List { each: &[Signed], between: "", none: NONE }],
        509 => &[String(USER_NAME), Text(" flag"), Signed, Text(" oid"), Signed],
        511 => &[Text(" id"), Signed, Text(" gflag"), Signed],
        513 => &[Text(" id"), Signed, String(USER_NAME), Text(" oldid"), Signed, Text(" newid"), Signed],
        520 => &[Text(" id"), Signed, String(USER_NAME)],
        _ => &[],
    }
}

/// Replies of the protection service.
pub(super) fn protection_reply(operation: u32) -> &'static [Argument] {
    match operation {
        504 => &[Text(" ids:"), List { each: &[Signed], between: "", none: NONE }],
        505 => &[List { each: &[Letters(USER_NAME)], between: "", none: NONE }],
        508 | 514 | 517..=519 => &[List { each: &[Signed], between: "", none: NONE }],
        510 => &[Text(" maxuid"), Signed, Text(" maxgid"), Signed],
        _ => &[],
    }
}

/// Calls to the volume location service.
pub(super) fn location_call(operation: u32) -> &'static [Argument] {
    match operation {
        501 | 517 => &[Letters(VOLUME_NAME)],
        502 | 503 | 507..=509 | 518 => &[Text(" volid"), Signed, VolumeType],
        504 | 519 | 524 | 527 => &[String(VOLUME_NAME)],
        505 => &[Text(" bump"), Signed],
        506 | 520 => &[Text(" volid"), Signed, VolumeType, Letters(VOLUME_NAME)],
        510 | 521 => &[Text(" index"), Signed],
        _ => &[],
    }
}

/// Replies of the volume location service.
pub(super) fn location_reply(operation: u32) -> &'static [Argument] {
    const EIGHT: Argument = Replicas { servers: 8, unique: false };
    const THIRTEEN: Argument = Replicas { servers: 13, unique: false };
    match operation {
        510 => &[Text(" count"), Signed, Text(" nextindex"), Signed, Letters(VOLUME_NAME), Skip(4), EIGHT],
        503 | 504 => &[Letters(VOLUME_NAME), Skip(4), EIGHT],
        505 => &[Text(" newvol"), Unsigned],
        521 | 529 => &[Text(" count"), Signed, Text(" nextindex"), Signed, Letters(VOLUME_NAME), THIRTEEN],
        518 | 519 => &[Letters(VOLUME_NAME), THIRTEEN],
        526 | 527 => &[Letters(VOLUME_NAME), Replicas { servers: 13, unique: true }],
        _ => &[],
    }
}

/// Calls to the authentication service.
pub(super) fn authentication_call(operation: u32) -> &'static [Argument] {
    const NAME: Argument = String(PRINCIPAL_NAME);
    match operation {
        1 | 21 | 22 | 2 | 5..=8 | 14 | 15 => &[Text(" principal"), NAME, NAME],
        3 | 23 => &[Text(" kvno"), Signed, Text(" domain"), NAME, Opaque, Text(" principal"), NAME, NAME],
        4 => &[Text(" principal"), NAME, NAME, Text(" kvno"), Signed],
        12 => &[Text(" name"), NAME],
        _ => &[],
    }
}

/// Calls to the volume service.
pub(super) fn volume_call(operation: u32) -> &'static [Argument] {
    const NAME: Argument = String(FILE_NAME);
    const FROM: Argument = Text(" fromtrans");
    const SINCE: Argument = Text(" fromdate");
    const TRANSACTION: Argument = Text(" trans");
    match operation {
        100 => &[Text(" partition"), Unsigned, Text(" name"), NAME, Text(" type"), Unsigned, Text(" parent"), Unsigned],
        101 | 104 | 107 => &[TRANSACTION, Unsigned],
        102 => &[Text(" totrans"), Unsigned, Text(" flags"), Unsigned],
        103 => &[FROM, Unsigned, SINCE, Date, Server, Text(" desttrans"), Signed],
        105 => {
            &[TRANSACTION, Unsigned, Text(" purgevol"), Unsigned, Text(" newtype"), Unsigned, Text(" newname"), NAME]
        }
        106 => &[TRANSACTION, Unsigned, Text(" flags"), Unsigned],
        108 => &[Text(" vol"), Unsigned, Text(" partition"), Unsigned, Text(" flags"), Unsigned],
        // As tcpdump has it: the second number has a digit too many.
        109 | 655_537 => &[FROM, Unsigned, SINCE, Date],
        110 => &[Text(" index"), Unsigned],
        111 => &[Text(" tid"), Unsigned, Text(" newsite"), Unsigned],
        112 | 113 => &[Text(" tid")],
        114 => &[Text(" name"), NAME, Text(" type"), Unsigned, Text(" pid"), Unsigned, Text(" cloneid"), Unsigned],
        116 => &[Text(" partition"), Unsigned, Text(" flags"), Unsigned],
        117 => &[
            Text(" tid"),
            Unsigned,
            Text(" name"),
            NAME,
            Text(" type"),
            Unsigned,
            Text(" pid"),
            Unsigned,
            Text(" clone"),
            Unsigned,
            Text(" backup"),
            Unsigned,
        ],
        119 => &[Text(" name"), NAME],
        120 | 126 => &[Text(" tid"), Unsigned],
        121 | 122 | 124 | 125 | 65536 => &[Text(" partid"), Unsigned, Text(" volid"), Unsigned],
        123 => &[Text(" tid"), Unsigned, Text(" date"), Date],
        128 => &[FROM, Unsigned, SINCE, Date, List { each: &[Server], between: ",", none: NONE }],
        65538 => &[FROM, Unsigned, SINCE, Date, Text(" flags"), Unsigned],
        _ => &[],
    }
}

/// Replies of the volume service.
pub(super) fn volume_reply(operation: u32) -> &'static [Argument] {
    match operation {
        100 => &[Text(" volid"), Unsigned, Text(" trans"), Unsigned],
        104 | 107 => &[Unsigned],
        105 => &[Text(" newvol"), Unsigned],
        108 => &[Text(" trans"), Unsigned],
        110 => &[Text(" volume"), Unsigned, Text(" partition"), Unsigned],
        112 => &[String(FILE_NAME)],
        113 => VOLUME_STATUS,
        116 | 121 => &[List { each: VOLUME, between: ",", none: NONE }],
        _ => &[],
    }
}

/// A volume of a list; its type is announced and not written.
const VOLUME: &[Argument] = &[Text(" name"), Letters(32), Text(" volid"), Unsigned, Text(" type"), SkipUnseen(84)];

const VOLUME_STATUS: &[Argument] = &[
    Text(" volid"),
    Unsigned,
    Text(" nextuniq"),
    Unsigned,
    Text(" type"),
    Unsigned,
    Text(" parentid"),
    Unsigned,
    Text(" clone"),
    Unsigned,
    Text(" backup"),
    Unsigned,
    Text(" restore"),
    Unsigned,
    Text(" maxquota"),
    Unsigned,
    Text(" minquota"),
    Unsigned,
    Text(" owner"),
    Unsigned,
    Text(" create"),
    Date,
    Text(" access"),
    Date,
    Text(" update"),
    Date,
    Text(" expire"),
    Date,
    Text(" backup"),
    Date,
    Text(" copy"),
    Date,
];

/// Calls to the basic overseer.
pub(super) fn overseer_call(operation: u32) -> &'static [Argument] {
    const NAME: Argument = String(PROCESS_NAME);
    match operation {
        80 => &[Text(" type"), NAME, Text(" instance"), NAME],
        81 | 83 | 85 | 87 | 88 | 93 | 96 | 97 | 104 | 106 | 108 | 112 | 114 => &[NAME],
        82 | 98 => &[NAME, Text(" status"), Signed],
        86 => &[NAME, Text(" num"), Signed],
        84 | 89..=92 | 95 => &[Signed],
        105 => &[NAME, Text(" size"), Signed, Text(" flags"), Signed, Text(" date"), Signed],
        _ => &[],
    }
}

/// What is not written of any call or reply.
pub(super) fn nothing(_: u32) -> &'static [Argument] {
    &[]
}

/// Calls between the servers of a replicated database.
pub(super) fn ubik_call(operation: u32) -> &'static [Argument] {
    const TRANSACTION: Argument = Text(" tid");
    match operation {
        10000 => &[Truth(" syncsite"), Text(" votestart"), Date, Text(" dbversion"), Version, TRANSACTION, Version],
        10003 => &[Text(" site"), Unsigned],
        20000 | 20001 | 20007 | 20008 | 20010 => &[TRANSACTION, Version],
        20002 => {
            &[TRANSACTION, Version, Text(" file"), Signed, Text(" pos"), Signed, Text(" length"), Signed, Unwritten]
        }
        20003 => &[TRANSACTION, Version, Text(" file"), Signed, Text(" pos"), Signed],
        20005 => &[Text(" file"), Signed],
        20006 => &[Text(" file"), Signed, Text(" length"), Signed, Text(" dbversion"), Version],
        20009 => &[TRANSACTION, Version, Text(" file"), Signed, Text(" length"), Signed],
        20012 => &[TRANSACTION, Version, Text(" oldversion"), Version, Text(" newversion"), Version],
        _ => &[],
    }
}

/// Replies between the servers of a replicated database.
pub(super) fn ubik_reply(operation: u32) -> &'static [Argument] {
    match operation {
        10000 => &[Text(" vote no")],
        20004 => &[Text(" dbversion"), Version],
        _ => &[],
    }
}

/// Refusals between them; a vote for the asker is one.
pub(super) fn ubik_error(operation: u32) -> &'static [Argument] {
    if operation == 10000 { &[Text(" vote yes until"), Date] } else { &[Text(" errcode"), Signed] }
}
