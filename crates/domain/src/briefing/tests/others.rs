//! What one page says of others who come, and what it does not.

use super::*;

#[test]
fn whoever_comes_or_stays_away_changes_no_page_of_another() {
    let guests: Vec<Guest> = (0..8)
        .map(|n| {
            noted(
                known(n + 10, &format!("Kim {n}")),
                vec![note(n + 10, Kind::Interest, "Likes tide mills.")],
            )
        })
        .collect();
    let reader = reader(Pace::Open);
    let all = prepare(&occasion(), &reader, &guests);
    let without = prepare(&occasion(), &reader, &guests[1..]);
    for page in &without.pages {
        let same = all
            .pages
            .iter()
            .find(|one| one.listed == page.listed)
            .unwrap();
        assert_eq!(page.reasons, same.reasons);
        assert_eq!(page.questions, same.questions);
    }
}

#[test]
fn people_in_one_room_hear_other_words_and_are_asked_other_things() {
    let guests: Vec<Guest> = (0..4)
        .map(|n| {
            let text = format!("Likes tide mills number{n}.");
            noted(
                known(n + 10, &format!("Kim {n}")),
                vec![note(n + 10, Kind::Interest, &text)],
            )
        })
        .collect();
    let mut reader = reader(Pace::Open);
    reader
        .notes
        .push(note(4, Kind::Expertise, "Knows every lock."));
    reader
        .notes
        .push(note(5, Kind::Offer, "Lends chairs to anybody."));
    let briefing = prepare(&occasion(), &reader, &guests);
    let heard: HashSet<String> = briefing
        .pages
        .iter()
        .map(|page| page.pitch.text())
        .collect();
    assert_eq!(heard.len(), 4, "{heard:?}");
    let asked: HashSet<&str> = briefing
        .pages
        .iter()
        .map(|page| page.questions[0].text.as_str())
        .collect();
    assert!(asked.len() > 1);
}

#[test]
fn whoever_can_be_brought_together_there_is_said_to_come() {
    let eva = noted(
        known(20, "Eva Nowak"),
        vec![note(7, Kind::Need, "Needs a kiln for salt glazes.")],
    );
    let mut reader = reader(Pace::Balanced);
    reader.offers.push(Wish {
        person: id(30),
        name: "Kim Park".to_owned(),
        is_known: true,
        note: note(8, Kind::Offer, "Lends a kiln for salt glazes."),
    });
    let of_eva = |guests: &[Guest]| {
        let page = page_of(&occasion(), &reader, guests, eva.listed).unwrap();
        page.reasons[0].told.clone()
    };
    let away = of_eva(std::slice::from_ref(&eva));
    assert_eq!(
        away.text,
        "“Needs a kiln for salt glazes.” Bring them together with Kim Park: “Lends a kiln for salt glazes.”"
    );
    let kim = known(30, "Kim Park");
    let there = of_eva(&[eva.clone(), kim.clone()]);
    assert_eq!(
        there.text,
        "“Needs a kiln for salt glazes.” Bring them together with Kim Park, who comes too: “Lends a kiln for salt glazes.”"
    );
    assert!(there.sources.contains(&Source::Attendee(kim.listed)));
    let over = Occasion {
        is_over: true,
        ..occasion()
    };
    let was = page_of(&over, &reader, &[eva.clone(), kim], eva.listed).unwrap();
    let told = &was.reasons[0].told.text;
    assert!(
        told.contains("with Kim Park, who was there too: “"),
        "{told}"
    );
}

#[test]
fn a_warm_introduction_names_who_is_there_too() {
    let mut stranger = known(20, "Kim Park");
    let colleague = |number, is_there| Colleague {
        member: Some((id(number), format!("Colleague {number}"))),
        band: Band::Strong,
        is_there,
        person: (id(20), "Kim Park".to_owned()),
    };
    stranger.person.as_mut().unwrap().colleagues = vec![colleague(3, false), colleague(4, true)];
    let page = page_alone(Pace::Balanced, &stranger);
    let introduction = page.introduction.unwrap();
    assert_eq!(
        introduction.text,
        "Ask Colleague 4, who is there too and knows them, to introduce you."
    );
    assert_eq!(introduction.sources, [Source::Tie(Some(id(4)), id(20))]);
}
