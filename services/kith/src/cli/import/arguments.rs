//! What can be imported, and what each command says of itself.

use std::path::PathBuf;

use super::{contacts, imports};

/// What `kith import csv --help` says.
const CSV: &str = "\
Rows with the columns from, to, at and kind, and if you like duration_s and note.

The first line names the columns, in any order; src, dst, unix_ts and channel are understood too.
'from' and 'to' are addresses or any key of yours; several recipients are separated by semicolons.
'at' is RFC 3339 or Unix seconds. A kind that Kith does not know is kept as 'other' with its name.
Importing a file again, in any order, adds nothing.";

/// What `kith import mbox --help` says.
const MBOX: &str = "\
Mails in mbox files, as Thunderbird, Apple Mail, Gmail's Takeout and mutt keep and export them.

Only the heads of mails are read: who, when, and the subject. What was written is never looked at.
Left out, and counted with the reason: mailing lists and programs, senders that nobody answers, more
than 20 people, what was deleted or is spam, what names none of your addresses. Whoever wrote and was
never answered does not enter the directory. Importing a mailbox again adds nothing.";

/// What `kith import ics --help` says.
const ICS: &str = "\
Meetings in iCalendar files, as every calendar exports them.

What has been is recorded, each occurrence of a recurring meeting by itself; what lies ahead waits for
the next import. Left out, and counted with the reason: what was cancelled or you declined, what nobody
else or more than 20 people take part in. Rooms, lists and whoever declined take no part. Titles of
private meetings are not kept. Importing a calendar again adds only what has been since.

Times that name no zone are those of this machine.";

/// What `kith import vcf --help` and `kith import contacts --help` say.
const VCF: &str = "\
People in vCard files (2.1 to 4.0): name, addresses, company, title, labels.

They enter the organisation's directory, where all its members find them. What stands there already is
never overwritten: empty fields are filled, addresses and labels are added. Left out: companies and
groups, and whoever has neither an address nor an identifier.";

const CONTACTS: &str = "\
People in tables: LinkedIn's Connections.csv, the contacts of Google and Outlook, or your own with
columns such as name, email, company, title, tags.

They enter the organisation's directory, where all its members find them. What stands there already is
never overwritten: empty fields are filled, addresses and labels are added. Left out: whoever has
neither an address nor a profile.";

/// What commands that read mail say after their options.
const MAIL_EXAMPLES: &str = "\
Examples:
  kith import mbox ~/Takeout/Mail/All.mbox --dry-run    who is in it, before anything is sent
  kith import mbox archive.mbox --me ana@old.example    an address that you had once
  kith import maildir ~/Maildir --watch                 and whatever arrives from now on";

/// What to bring in.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum What {
    /// Rows with the columns from, to, at and kind.
    #[command(long_about = CSV)]
    Csv(CsvArgs),
    /// Mails in mbox files.
    #[command(long_about = MBOX, after_help = MAIL_EXAMPLES)]
    Mbox(MailArgs),
    /// Mails in a file each (.eml, .emlx), or folders of them; read like those of 'import mbox'.
    #[command(after_help = MAIL_EXAMPLES)]
    Eml(MailArgs),
    /// Mails in maildirs with their folders; read like those of 'import mbox'.
    #[command(after_help = MAIL_EXAMPLES)]
    Maildir(MailArgs),
    /// Past meetings in calendar files.
    #[command(long_about = ICS)]
    Ics(OwnArgs),
    /// People in vCard files.
    #[command(long_about = VCF)]
    Vcf(contacts::Args),
    #[command(about = "People in tables, as LinkedIn, Google and Outlook export them", long_about = CONTACTS)]
    Contacts(contacts::Args),
    /// Your imports of moments, newest first.
    List,
    /// One of them, and what would go with it.
    Show(imports::Args),
    /// Take one back: ties are as if it had never been. Importing the same again brings it back.
    Undo(imports::Args),
}

/// Which files, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files or folders to read; '-' is standard input.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Only read and report, with the most frequent people; nothing is sent.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Return as soon as everything is recorded, before the figures show it.
    #[arg(long)]
    pub(super) no_wait: bool,
}

/// Which tables, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct CsvArgs {
    #[command(flatten)]
    pub(super) common: Args,
    /// Make everybody in the files a member. Needs a key of the role admin.
    #[arg(long)]
    pub(super) everyone_is_a_member: bool,
}

/// Which files of somebody's own, and whose.
#[derive(Debug, clap::Args)]
pub(crate) struct OwnArgs {
    #[command(flatten)]
    pub(super) common: Args,
    /// An address of yours besides those in your entry, which it is added to; can be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub(super) me: Vec<String>,
}

/// Which mailboxes, and whose.
#[derive(Debug, clap::Args)]
pub(crate) struct MailArgs {
    #[command(flatten)]
    pub(super) own: OwnArgs,
    /// Afterwards go on and record what arrives.
    #[arg(long, conflicts_with = "dry_run")]
    pub(super) watch: bool,
}
