//! Given and family names, by where they are at home. Any combination is invented.

/// Names that go together, separated by spaces.
pub(super) struct Names {
    /// Given names.
    pub(super) given: &'static str,
    /// Family names that do not change with their bearer.
    pub(super) family: &'static str,
}

/// Where names are at home; the order of [`NAMES`].
#[derive(Debug, Clone, Copy)]
pub(super) enum Home {
    Portugal,
    Nordic,
    WestAfrica,
    EastAfrica,
    India,
    Japan,
    Taiwan,
    Korea,
    Poland,
    NorthSea,
    Isles,
    Italy,
    Americas,
    Levant,
}

/// The names of each [`Home`].
pub(super) const NAMES: [Names; 14] = [
    Names {
        given: "Beatriz Caetano Duarte Filipa Gonçalo Helena Inês Joaquim Luísa Matilde Nuno Otávia Rui Simão Teresa Vasco",
        family: "Almeida Barros Carvalho Esteves Figueira Lacerda Meireles Nogueira Pacheco Quintela Rebelo Sequeira Tavares Valadares Moura Pinheiro",
    },
    Names {
        given: "Astrid Bjarke Dagny Eirik Freja Gunnar Hedda Jorunn Kaspar Liv Magnus Oda Runa Sindre Torvald Ylva",
        family: "Aasen Bergström Dahlberg Ekholm Fjeldstad Grønlund Hauge Kvist Lundgaard Moberg Nyström Ravn Sandvik Tangen Østergaard Vinter",
    },
    Names {
        given: "Abena Ayodele Bolanle Chidi Efua Femi Ifeoma Kofi Kwabena Nkechi Obinna Sade Sena Tunde Yaw Zainab",
        family: "Acheampong Adebayo Agyeman Anyanwu Asante Balogun Darko Eze Mensah Nwosu Ofori Okonkwo Owusu Quaye Tetteh Uche",
    },
    Names {
        given: "Achieng Baraka Desta Faraja Imani Juma Kibet Liya Makena Neema Otieno Rehema Selam Tariku Wambui Zawadi",
        family: "Barasa Chebet Gitonga Hailu Kiprono Lemma Mutua Mwangi Njoroge Ochieng Odhiambo Tadesse Wafula Wekesa Kariuki Maina",
    },
    Names {
        given: "Aarti Bhavesh Chitra Devika Farhan Gauri Harish Ishaan Kavya Lakshmi Manish Nandini Rohan Sunita Tarun Vidya",
        family: "Acharya Banerjee Chandran Deshpande Ghosh Iyer Joshi Kulkarni Menon Nair Patil Rao Sengupta Thakur Varma Bhatt",
    },
    Names {
        given: "Akiko Daichi Emi Fumio Haruka Isamu Kaori Makoto Naoko Ren Satomi Takeshi Umeko Yosuke Hinata Shiori",
        family: "Aoki Endo Fujimoto Hayashi Ishikawa Kimura Matsuda Nakagawa Okada Sakamoto Shimizu Takeda Uchida Wakabayashi Yoshida Morita",
    },
    Names {
        given: "Bo-Wen Chia-Hui Hsin-Yi Jia-Hao Li-Wen Ming-Che Pei-Shan Shu-Fen Wei-Ting Xiao-Lan Ya-Ting Yi-Chun Zhi-Yuan Kai-Wen An-Qi Jun-Jie",
        family: "Chang Chen Fang Hsieh Huang Kuo Liang Lo Pan Shen Tsai Wang Wu Yeh Zhou Lin",
    },
    Names {
        given: "Da-eun Eun-ji Ha-neul Hye-rin Ji-ho Ji-won Kyung-soo Min-jae Na-ri Sang-woo Seo-yeon Soo-ah Tae-yang Woo-jin Ye-jin Yu-na",
        family: "Bae Cho Han Jung Kang Kwon Lim Noh Oh Park Seo Shin Song Yoon Ahn Hwang",
    },
    Names {
        given: "Agata Bartek Dorota Filip Gosia Jakub Kasia Łukasz Marek Natalia Olek Paweł Renata Szymon Urszula Zuzanna",
        family: "Bielak Dudek Górniak Jaworek Kaczmarek Kubiak Maciejczyk Mazur Nowak Olejnik Pawlak Rybak Sikora Walczak Wrona Zając",
    },
    Names {
        given: "Anke Bastian Dörte Emil Femke Gerrit Hanneke Jonas Katja Lennart Maike Niels Rieke Sjoerd Tilda Wiebke",
        family: "Achterberg Brandt Dijkstra Engelhardt Fuchs Groeneveld Hoekstra Jansen Keller Lorenz Mulder Petersen Riedel Schuster Vermeer Wendt",
    },
    Names {
        given: "Aoife Bronwen Callum Deirdre Euan Fiona Gareth Hazel Imogen Kieran Lorna Maeve Niall Owen Rhiannon Siobhán",
        family: "Ashworth Brannigan Calder Donnelly Fairweather Gallacher Hartley Kinsella Lockhart MacAskill Nolan Penrose Quigley Rafferty Tregenza Wylie",
    },
    Names {
        given: "Alessia Bruno Carlotta Dario Elisa Fabio Ginevra Lorenzo Marcello Nicoletta Ornella Piero Rosalba Sandro Tiziana Ugo",
        family: "Arrigoni Benedetti Colonna Damiani Fabbri Galvani Lombardi Marchetti Nardone Orsini Pellegrini Rinaldi Sartori Tedesco Vitali Zanetti",
    },
    Names {
        given: "Adriana Benicio Catalina Diego Elvira Fermín Gabriela Hernán Isidora Joaquín Lucía Mateo Noelia Pilar Renata Salvador",
        family: "Arancibia Bustamante Cárdenas Echeverría Fuentes Galindo Ibarra Ledesma Montoya Navarro Olivares Quiroga Rosales Sepúlveda Urrutia Villalobos",
    },
    Names {
        given: "Amal Basma Cem Defne Elif Faris Ghassan Hala Idris Jamila Karim Lina Mehmet Nadia Omar Selin",
        family: "Aksoy Benslimane Chaouch Demir Erkan Fathallah Haddad Idrissi Kaplan Mansour Naciri Özkan Qabbani Sabri Tazi Yıldız",
    },
];
