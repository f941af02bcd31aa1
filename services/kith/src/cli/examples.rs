//! Examples that `--help` shows. A test has the command line parse each of them.

macro_rules! examples {
    ($($(#[$about:meta])* $name:ident = [$($line:literal,)+];)+) => {
        $(
            $(#[$about])*
            pub(super) const $name: &str = concat!("Examples:", $("\n  ", $line),+);
        )+

        /// All of them.
        #[cfg(test)]
        pub(super) const ALL: &[&str] = &[$($name),+];
    };
}

examples! {
    IMPORT = [
        "kith import mbox all.mbox --dry-run",
        "kith import maildir Maildir --watch",
        "kith import ics calendar.ics",
        "kith import contacts Connections.csv",
        "kith import undo abcd",
    ];
    RECORD = [
        "kith record call 'Ana Silva <ana@example.org>' --at yesterday --duration 20m",
        "kith record meeting Ana --note 'wants to meet the harbour master'",
    ];
    TIES = [
        "kith ties --order fading",
        "kith ties --company Harbour --band cooling",
        "kith ties --important --format csv",
    ];
    TIE = [
        "kith tie Ana",
        "kith tie ana@example.org --as-of 2026-03-01 --horizon 30",
    ];
    WHO_KNOWS = [
        "kith who-knows Ana",
        "kith who-knows --company Harbour",
    ];
    COMPANIES = [
        "kith companies",
        "kith companies harbour --format csv",
    ];
    SEARCH = [
        "kith search harbour",
        "kith search jose turbine --limit 50",
    ];
    PERSON = [
        "kith person find ana",
        "kith person add 'Ana Silva <ana@example.org>' --company Harbour --tag sailing",
        "kith person job Ana Harbour --title captain --since 2021-03",
        "kith person duplicates",
        "kith person merge ana@example.org ana@old.example.org",
        "kith person export Ana",
        "kith person erase ana@example.org",
    ];
    GATHERING = [
        "kith gathering plan 'Spring meeting' --from 2026-12-02 --until 2026-12-04 --place Porto",
        "kith gathering add spring attendees.csv",
        "kith gathering ask spring",
        "kith gathering attendees spring --only resolved",
        "kith gathering go spring",
    ];
    DUE = [
        "kith due",
        "kith due --before 30d",
    ];
    SNOOZE = [
        "kith snooze abcd --until friday",
    ];
    PROMISE = [
        "kith promise Ana 'send the paper' --due friday",
        "kith promise Ana 'an introduction' --due 2w --theirs",
    ];
    CARE = [
        "kith care Ana tend --important",
        "kith care Ana quiet",
        "kith care",
    ];
    MET = [
        "kith met 'Ana Silva' 'runs a wind farm near Porto; promised the grid paper by friday'",
        "kith met 'Kim Park, Windfarm' 'needs a hall for the winter' --at tidelines",
        "kith met kim@windfarm.example",
    ];
    NOTE = [
        "kith note Ana 'Needs a hall for the winter.'",
        "kith note me 'Plans grids that survive storms.'",
        "kith note Ana 'Goes by train, never by car.' --kind preference --private",
    ];
    BRIEFING = [
        "kith briefing",
        "kith briefing tidelines",
        "kith briefing tidelines --as html --out briefing.html",
        "kith briefing tidelines --format json",
    ];
    RECAP = [
        "kith recap",
        "kith recap tidelines",
    ];
    REHEARSE = [
        "kith rehearse 'Kim Park'",
        "kith rehearse Kim --gathering tidelines",
    ];
    PITCH = [
        "kith pitch",
        "kith pitch --organisation",
    ];
    COMFORT = [
        "kith comfort",
        "kith comfort reserved --zone Europe/Lisbon",
        "kith comfort --per-week 5 --days mon,tue,thu",
        "kith comfort --own-words 'I plan grids that survive storms.'",
    ];
    PAUSE = [
        "kith pause until monday",
        "kith pause end",
    ];
    UNDO = [
        "kith undo",
        "kith undo --list",
        "kith undo --number 3",
    ];
    EXCLUDE = [
        "kith exclude doctor@clinic.example @family.example",
        "kith exclude Ana --remove",
        "kith exclude --list",
    ];
    SHARING = [
        "kith sharing set @clinic.example private",
        "kith sharing list",
    ];
    EXPORT = [
        "kith export ties --format csv --out ties.csv",
    ];
}
