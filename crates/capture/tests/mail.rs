//! Mails as they really are: each file of `tests/mail/` is named for what is wrong with it, and
//! `tests/mail/expected.txt` says what becomes of it.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is the report"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use kith_capture::Moments;
use kith_capture::mail::{Mine, Reader};
use kith_capture::report::{Reason, Report};
use kith_domain::time::Timestamp;
use kith_proto::kith::interaction::v1::participant_ref::Who;
use kith_proto::kith::interaction::v1::{InteractionInput, ParticipantRef};
use kith_proto::words::Word;

/// 2026-01-01.
const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);

fn mine() -> Mine {
    Mine::new(&["ana@x.example".into(), "ana.silva@old.example".into()]).unwrap()
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail")
}

/// The files with this extension, in the order of their names.
fn corpus(extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory()).unwrap();
    let paths: BTreeSet<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    let is_one = |path: &PathBuf| path.extension().is_some_and(|e| e == extension);
    paths.into_iter().filter(is_one).collect()
}

fn name(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

fn read(mut reader: Reader) -> (Vec<InteractionInput>, Report) {
    let moments = reader.by_ref().map(Result::unwrap).collect();
    (moments, reader.report().clone())
}

fn who(participant: &ParticipantRef) -> String {
    let Some(Who::Address(address)) = &participant.who else {
        return "?".to_owned();
    };
    let part = kith_domain::interaction::Part::from_wire(participant.part).unwrap();
    let name = match participant.name.len() {
        0 => String::new(),
        1..=40 => format!("{} ", participant.name),
        long => format!("({long} bytes) "),
    };
    format!("{part:?} {name}<{address}>")
}

/// Lines about what became of the mails of a file, each beginning with this.
fn told(begin: &str, moments: &[InteractionInput], report: &Report) -> String {
    let moments = moments.iter().map(moment);
    let skipped = report.skipped.iter().flat_map(|(reason, skipped)| {
        let once = format!("left out: {}", reason.as_str());
        std::iter::repeat_n(once, skipped.count as usize)
    });
    moments
        .chain(skipped)
        .map(|line| format!("{begin}: {line}\n"))
        .collect()
}

/// One line about what became of a mail.
fn moment(moment: &InteractionInput) -> String {
    let people: Vec<String> = moment.participants.iter().map(who).collect();
    let people = match people.len() {
        0..=5 => people.join(", "),
        many => format!("{many} people"),
    };
    let shown = |text: &str| match text.len() {
        0..=60 => text.to_owned(),
        long => format!("({long} bytes)"),
    };
    format!(
        "{} | {people} | {} | {}",
        moment.at.unwrap().seconds,
        shown(&moment.subject),
        shown(&moment.source_key)
    )
}

#[test]
fn every_awkward_mail_is_read_or_left_out_for_the_reason_it_should_be() {
    let mut actual = String::new();
    for path in corpus("eml") {
        let (moments, report) = read(Reader::eml(&path, mine(), NOW).unwrap());
        assert_eq!(report.total(), 1, "{}", path.display());
        actual += &told(name(&path), &moments, &report);
    }
    for path in corpus("mbox") {
        let input = Cursor::new(fs::read(&path).unwrap());
        let (moments, report) = read(Reader::mbox(input, mine(), NOW));
        actual += &told(&format!("mbox-{}", name(&path)), &moments, &report);
    }
    let expected = fs::read_to_string(directory().join("expected.txt")).unwrap_or_default();
    if actual != expected {
        let written = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mail.txt");
        fs::write(&written, &actual).unwrap();
        let differs = actual
            .lines()
            .zip(expected.lines())
            .find(|(now, then)| now != then);
        panic!(
            "what is read differs, first: {differs:?}; all of it is in {}",
            written.display()
        );
    }
}

/// All mails in one mbox file, in the form in which lines of bodies that look like separators have a
/// `>` in front.
fn mbox(paths: &[PathBuf]) -> Vec<u8> {
    let mut file = Vec::new();
    for path in paths {
        file.extend(b"From bo@y.example Tue Aug  6 13:34:34 2002\n");
        for line in fs::read(path).unwrap().split_inclusive(|&b| b == b'\n') {
            if line.starts_with(b"From ") {
                file.push(b'>');
            }
            file.extend(line);
        }
        file.extend(b"\n\n");
    }
    file
}

#[test]
fn an_mbox_file_gives_what_its_mails_give_alone() {
    // What begins with no header is no mail there, and what has no date gets that of its separator.
    let apart = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap();
        let begins = bytes.split(|&b| b == b'\n').next().unwrap_or_default();
        let is_header = begins.contains(&b':') && begins.is_ascii() && !begins.contains(&b' ')
            || begins.starts_with(b"From: ");
        let (moments, report) = read(Reader::eml(path, mine(), NOW).unwrap());
        let undated = report.skipped.contains_key(&Reason::BadDate);
        (is_header && !undated).then_some((path.clone(), moments))
    };
    let kept: Vec<(PathBuf, Vec<InteractionInput>)> =
        corpus("eml").iter().filter_map(apart).collect();
    assert!(kept.len() > 120, "{}", kept.len());
    let (paths, alone): (Vec<PathBuf>, Vec<Vec<InteractionInput>>) = kept.into_iter().unzip();
    let file = mbox(&paths);
    let (together, report) = read(Reader::mbox(Cursor::new(file), mine(), NOW));
    assert_eq!(report.total(), paths.len() as u64);
    assert_eq!(together, alone.concat());
}

#[test]
fn nothing_of_a_body_is_read_even_where_it_looks_like_a_mail() {
    let file = "From bo@y.example Tue Aug  6 13:34:34 2002\n\
                From: Bo <bo@y.example>\n\
                To: ana@x.example\n\
                Date: Tue, 6 Aug 2002 13:34:34 +0000\n\
                Subject: Hello\n\
                \n\
                From the beginning of 2002 on we met at 13:34 each Tue.\n\
                \n\
                From: Eve <eve@z.example>\n\
                Subject: SECRET\n\
                \n\
                From - Wed Aug  7 13:34:34 2002\n\
                To: ana@x.example\n\
                From: Cy <cy@z.example>\n\
                Subject: Second\n\
                \n\
                SECRET\n";
    let (moments, report) = read(Reader::mbox(Cursor::new(file), mine(), NOW));
    assert_eq!(report.total(), 2);
    let subjects: Vec<&str> = moments.iter().map(|m| m.subject.as_str()).collect();
    assert_eq!(subjects, ["Hello", "Second"]);
    assert!(!format!("{moments:?}").contains("SECRET"));
    assert!(!format!("{moments:?}").contains("eve@z.example"));
    // The second has no date of its own.
    assert_eq!(moments[1].at.unwrap().seconds, 1_028_727_274);
}

#[test]
fn an_mbox_file_that_is_none_says_so() {
    let (moments, report) = read(Reader::mbox(
        Cursor::new("Dear diary,\nhello\n"),
        mine(),
        NOW,
    ));
    assert!(moments.is_empty());
    assert_eq!(report.skipped[&Reason::Undecodable].count, 1);
    assert_eq!(
        report.skipped[&Reason::Undecodable].places[0].to_string(),
        "byte 0"
    );
}

#[test]
fn a_maildir_is_read_with_its_folders_and_without_what_was_discarded() {
    let root = tempfile::tempdir().unwrap();
    let mail = fs::read(directory().join("plain.eml")).unwrap();
    let undated = fs::read(directory().join("date-missing.eml")).unwrap();
    for (file, content) in [
        ("cur/1028640874.a.host:2,S", &mail),
        ("cur/1028640874.b.host:2,ST", &mail),
        ("new/1028640875.c.host", &undated),
        ("tmp/1028640876.d.host", &mail),
        (".Sent/cur/1028640877.e.host:2,S", &mail),
        (".Junk/cur/1028640878.f.host:2,S", &mail),
        (".Drafts/new/1028640879.g.host", &mail),
        ("dovecot.index", &mail),
    ] {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let (moments, report) = read(Reader::maildir(root.path(), mine(), NOW).unwrap());
    assert_eq!(moments.len(), 3);
    assert_eq!(report.skipped[&Reason::Discarded].count, 3);
    assert_eq!(report.total(), 6);
    let dates: BTreeSet<i64> = moments.iter().map(|m| m.at.unwrap().seconds).collect();
    assert_eq!(dates, BTreeSet::from([1_028_640_874, 1_028_640_875]));

    let error = Reader::maildir(&root.path().join("cur"), mine(), NOW).unwrap_err();
    assert!(error.to_string().contains("no maildir"), "{error}");
}
