//! What people need, offer, know and care about: one row, one topic, so that a need of one matches
//! an offer of another.

/// One topic, four facts of four people.
pub(super) struct Topic {
    pub(super) need: &'static str,
    pub(super) offer: &'static str,
    pub(super) expertise: &'static str,
    pub(super) interest: &'static str,
}

/// The topics of the crowd.
pub(super) const TOPICS: [Topic; 27] = [
    Topic {
        need: "Looks for dry storage for reclaimed windows until the hall is ready.",
        offer: "Has dry storage to lend: two bays, ground floor, forklift included.",
        expertise: "Grades reclaimed windows and knows which ones to refuse.",
        interest: "Follows every project that reuses windows.",
    },
    Topic {
        need: "Needs a speaker on heat pumps for an evening with residents.",
        offer: "Gives talks on heat pumps to people who never asked for one, and they stay.",
        expertise: "Has commissioned heat pumps in forty old houses.",
        interest: "Wants to understand heat pumps in listed buildings.",
    },
    Topic {
        need: "Wants to borrow a sound level meter for a month.",
        offer: "Lends calibrated sound level meters, with somebody who can read them.",
        expertise: "Measures and maps noise in working harbours.",
        interest: "Collects the sounds of harbours at dawn.",
    },
    Topic {
        need: "Looks for a translator from Portuguese who knows shipping words.",
        offer: "Translates from Portuguese, shipping words included, a few pages a week.",
        expertise: "Wrote the glossary of shipping words that everybody uses.",
        interest: "Likes old shipping words and where they come from.",
    },
    Topic {
        need: "Needs fifty second-hand chairs for an open day.",
        offer: "Has sixty second-hand chairs and a van.",
        expertise: "Runs the largest second-hand furniture loan in the region.",
        interest: "Designs rooms from second-hand furniture only.",
    },
    Topic {
        need: "Looks for a placement for an apprentice toolmaker.",
        offer: "Takes one apprentice toolmaker for three months, twice a year.",
        expertise: "Has trained toolmakers for twenty years.",
        interest: "Cares about how toolmakers learn from each other.",
    },
    Topic {
        need: "Wants a second opinion on a timber roof before the tender.",
        offer: "Reads timber roof drawings for others, one afternoon a month.",
        expertise: "Knows timber roofs from the eighteenth century to last week.",
        interest: "Photographs timber roofs from below.",
    },
    Topic {
        need: "Needs a year of tide data for a small model.",
        offer: "Shares ten years of tide data, cleaned and free to use.",
        expertise: "Builds tide gauges that survive the winter.",
        interest: "Fascinated by tide mills.",
    },
    Topic {
        need: "Looks for a kitchen to test a recipe for two hundred.",
        offer: "Opens the container kitchen to others on Mondays.",
        expertise: "Plans kitchens that cook for hundreds from one container.",
        interest: "Wants to see a container kitchen at work.",
    },
    Topic {
        need: "Wants to visit a workshop that repairs batteries.",
        offer: "Shows visitors how batteries get a second life; mornings are best.",
        expertise: "Tests used batteries and says honestly how long they will last.",
        interest: "Reads everything on second-life batteries.",
    },
    Topic {
        need: "Looks for an illustrator for a safety leaflet.",
        offer: "Knows three illustrators who draw safety leaflets that people keep.",
        expertise: "Turns safety rules into pictures.",
        interest: "Collects safety leaflets from ports around the world.",
    },
    Topic {
        need: "Needs a crane simulator for a training day.",
        offer: "Has a crane simulator that stands idle on Thursdays.",
        expertise: "Trains crane drivers, beginners and old hands.",
        interest: "Would like to try a crane simulator once.",
    },
    Topic {
        need: "Looks for partners for a bid on rainwater squares.",
        offer: "Joins bids on rainwater squares as the planting partner.",
        expertise: "Designed four rainwater squares that children play in.",
        interest: "Visits rainwater squares on rainy days.",
    },
    Topic {
        need: "Wants an open map of cycle freight depots.",
        offer: "Maintains an open map of cycle freight depots and takes requests.",
        expertise: "Plans cycle freight for crowded old towns.",
        interest: "Rides every cargo cycle on offer.",
    },
    Topic {
        need: "Needs somebody to read a grant application with fresh eyes.",
        offer: "Reads two grant applications a month for friends of the guild.",
        expertise: "Has sat on more grant juries than most.",
        interest: "Curious how small grants change large plans.",
    },
    Topic {
        need: "Looks for old rope for a museum.",
        offer: "Has old rope by the ton, and the stories to go with it.",
        expertise: "Restores rope walks.",
        interest: "Ties knots while thinking.",
    },
    Topic {
        need: "Wants to compare sensors for cold stores.",
        offer: "Lends a set of cold store sensors for a fair comparison.",
        expertise: "Keeps cold stores within half a degree.",
        interest: "Interested in cold stores without a grid.",
    },
    Topic {
        need: "Needs a host for a two-day exchange of tutors.",
        offer: "Hosts tutors: six beds, one bench each, good bread.",
        expertise: "Runs exchanges of tutors between four schools.",
        interest: "Believes in tutors who travel.",
    },
    Topic {
        need: "Looks for a photographer who likes night shifts.",
        offer: "Photographs night shifts and knows the rules of the yard.",
        expertise: "Lights large halls with very little.",
        interest: "Walks harbours at night with a camera.",
    },
    Topic {
        need: "Wants advice on the first year of a tool library.",
        offer: "Helps new tool libraries through the first year.",
        expertise: "Founded a tool library with nine hundred members.",
        interest: "Borrows rather than buys; a friend of every tool library.",
    },
    Topic {
        need: "Needs a small hall for a reading in autumn.",
        offer: "Has a small hall by the water, free on weekdays.",
        expertise: "Knows how to fill a small hall on a weekday.",
        interest: "Goes to readings wherever there is one.",
    },
    Topic {
        need: "Looks for salt-proof paint that has stood the test.",
        offer: "Shares the results of a six-year test of salt-proof paint.",
        expertise: "Knows paint, rust and what the sea does to both.",
        interest: "Takes pictures of rust.",
    },
    Topic {
        need: "Wants an introduction to people who run night ferries.",
        offer: "Knows everybody who runs a night ferry on this coast.",
        expertise: "Makes timetables for night ferries.",
        interest: "Writes best on night ferries.",
    },
    Topic {
        need: "Needs a good example of a plain-language contract.",
        offer: "Shares plain-language contracts, with the mistakes marked.",
        expertise: "Writes contracts that both sides read to the end.",
        interest: "Campaigns for plain language.",
    },
    Topic {
        need: "Looks for bees: somebody to set hives on a warehouse roof.",
        offer: "Sets hives on roofs and looks after them for the first summer.",
        expertise: "Plants roofs that feed bees from March to October.",
        interest: "Keeps a list of what flowers in the harbour.",
    },
    Topic {
        need: "Wants a workshop on drawing for engineers.",
        offer: "Teaches engineers to draw in one afternoon.",
        expertise: "Explains machines with a pencil.",
        interest: "Sketches every machine that moves.",
    },
    Topic {
        need: "Needs spare parts for a pump of 1962.",
        offer: "Keeps spare parts for pumps that nobody makes any more.",
        expertise: "Repairs pumps older than the people who own them.",
        interest: "Maps old pumping stations.",
    },
];

/// Where a fact of the crowd comes from.
pub(super) const SOURCES: [&str; 14] = [
    "told me over coffee at Tidelines",
    "said so at the kick-off meeting",
    "from their talk at Harbour Days",
    "mentioned it on the phone",
    "from a mail, quoted with their leave",
    "came up while we waited for the ferry",
    "told me in the workshop",
    "from their own introduction round",
    "asked me to pass it on",
    "told me at lunch by the lock",
    "from their newsletter",
    "said so during the site visit",
    "came up in the taxi from the station",
    "written on their conference badge",
];
