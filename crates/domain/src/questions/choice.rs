//! Which questions to ask somebody now: by what they care about, what is not known yet, and how well one knows them.

use std::collections::HashSet;

use super::{Bank, Depth, For, Question, Topic, topics_of, topics_with};

/// What choosing rests on.
#[derive(Debug, Clone, Default)]
pub struct Known<'a> {
    /// What they care about: interests, what they know and do, topics, their talk.
    pub texts: Vec<&'a str>,
    /// What they need and offer: a word of it may be about anything.
    pub wishes: Vec<&'a str>,
    /// What they said themselves, and no list wrote.
    pub raised: Vec<&'a str>,
    /// Where they work.
    pub company: Option<&'a str>,
    /// The talk that they give.
    pub talk: Option<&'a str>,
    /// The gathering at which they are asked.
    pub gathering: Option<&'a str>,
    /// Whether a need of theirs is known.
    pub has_need: bool,
    /// Whether it is known what they would give.
    pub has_offer: bool,
    /// Whether they were met before, and not lately.
    pub is_out_of_touch: bool,
    /// How deep the tie is: 0 to 100; `None` without one.
    pub depth: Option<f64>,
    /// The ids of questions that were asked.
    pub asked: HashSet<&'a str>,
    /// Different for different people, so that not everybody in a room is asked the same.
    pub variant: u64,
}

/// A question as it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its id in the bank.
    pub id: String,
    /// The words.
    pub text: String,
    /// What it is about.
    pub about: &'static str,
    /// How deep it goes.
    pub depth: Depth,
}

impl Known<'_> {
    /// How deep one may go: as deep as the tie is, and with somebody unknown not deep at all.
    #[must_use]
    pub fn deepest(&self) -> Depth {
        match self.depth {
            Some(depth) if depth >= 50.0 => Depth::Personal,
            Some(depth) if depth >= 15.0 => Depth::Professional,
            _ => Depth::Opening,
        }
    }

    fn fits(&self, topic: &Topic) -> bool {
        match &topic.whom {
            For::Anyone => true,
            For::Company => self.company.is_some(),
            For::Talk => self.talk.is_some(),
            For::Gathering => self.gathering.is_some(),
            For::Known => self.is_out_of_touch,
            For::Needs => !self.has_need,
            For::Offers => !self.has_offer,
            // Found by their words.
            For::Words(_) | For::Raised(_) => false,
        }
    }

    /// Topics of which they are known to care, those that most is known of first.
    fn cared_for(&self) -> Vec<&'static Topic> {
        let wished = topics_with(&self.wishes.join(" "), 2);
        let mut found = topics_of(&self.texts.join(" "));
        found.extend(wished);
        found.retain(|topic| matches!(topic.whom, For::Words(_)));
        // What they told of themselves is asked by those who know them.
        if self.deepest() > Depth::Opening {
            let raised = topics_of(&self.raised.join(" "));
            found.extend(raised.iter().filter(|topic| is_raised(topic)));
        }
        found
    }

    /// General topics of one sort.
    fn general(&self, is_wanted: impl Fn(&For) -> bool) -> Vec<&'static Topic> {
        let wanted = |topic: &&Topic| is_wanted(&topic.whom) && self.fits(topic);
        let mut found: Vec<&Topic> = Bank::get().topics().filter(wanted).collect();
        let turn = self.variant as usize % found.len().max(1);
        found.rotate_left(turn);
        found
    }

    /// A question of the first of these topics that still has one, as deep as may be: who know each other well are
    /// past the opening.
    fn one_of(&self, topics: &[&'static Topic], deepest: Depth, chosen: &[Asked]) -> Option<Asked> {
        let is_free = |topic: &&&Topic| chosen.iter().all(|one| one.about != topic.about);
        topics.iter().filter(is_free).find_map(|topic| {
            let depths = Depth::ALL.into_iter().rev();
            let mut depths = depths.filter(|depth| *depth <= deepest);
            depths.find_map(|depth| self.of_cell(topic, depth))
        })
    }

    fn of_cell(&self, topic: &'static Topic, depth: Depth) -> Option<Asked> {
        let all = Bank::get().of(&topic.slug, depth);
        let asks = |question: &&Question| !self.asked.contains(question.id().as_str());
        let mut free: Vec<&Question> = all.filter(asks).collect();
        let turn = (self.variant >> 8) as usize % free.len().max(1);
        free.rotate_left(turn);
        free.into_iter().find_map(|question| {
            Some(Asked {
                id: question.id(),
                text: self.filled(&question.text)?,
                about: &topic.about,
                depth,
            })
        })
    }

    /// The words of a question, unless it names what is not known.
    fn filled(&self, text: &str) -> Option<String> {
        let talk = self.talk.map(|talk| format!("“{talk}”"));
        let names = [
            ("{company}", self.company),
            ("{talk}", talk.as_deref()),
            ("{gathering}", self.gathering),
        ];
        let mut filled = text.to_owned();
        for (place, name) in names {
            if filled.contains(place) {
                filled = filled.replace(place, name?);
            }
        }
        Some(filled)
    }
}

fn is_raised(topic: &Topic) -> bool {
    matches!(topic.whom, For::Raised(_))
}

/// Up to three questions for somebody, each about something else: what they care about, what is not known yet, and
/// what keeps a talk going.
#[must_use]
pub fn choose(known: &Known<'_>) -> Vec<Asked> {
    let care = known.cared_for();
    let talk = known.general(|whom| *whom == For::Talk);
    let company = known.general(|whom| *whom == For::Company);
    let again = known.general(|whom| *whom == For::Known);
    let gathering = known.general(|whom| *whom == For::Gathering);
    let anyone = known.general(|whom| *whom == For::Anyone);
    // Of a stranger one does not ask first what they need.
    let gaps = match known.depth {
        None => vec![],
        Some(_) => known.general(|whom| matches!(whom, For::Needs | For::Offers)),
    };
    let first = [&talk[..], &care, &company, &gathering, &anyone].concat();
    let second = [&again[..], &gaps, &care, &anyone].concat();
    let third = [&care[..], &anyone, &gathering, &company].concat();
    let mut chosen: Vec<Asked> = Vec::new();
    // A talk begins lighter than it may become, and has one deep question at most.
    let deepest = known.deepest();
    let lighter = match deepest {
        Depth::Personal => Depth::Professional,
        Depth::Professional | Depth::Opening => Depth::Opening,
    };
    let depths = [lighter, deepest, deepest.min(Depth::Professional)];
    for (topics, depth) in [first, second, third].into_iter().zip(depths) {
        chosen.extend(known.one_of(&topics, depth, &chosen));
    }
    chosen
}

/// Up to two questions about what was just learnt.
#[must_use]
pub fn next(known: &Known<'_>, learnt: &str) -> Vec<Asked> {
    let mut topics = topics_of(learnt);
    topics.retain(|topic| !is_raised(topic) || known.deepest() > Depth::Opening);
    topics.extend(known.general(|whom| *whom == For::Anyone));
    let mut chosen: Vec<Asked> = Vec::new();
    for _ in 0..2 {
        chosen.extend(known.one_of(&topics, known.deepest(), &chosen));
    }
    chosen
}
