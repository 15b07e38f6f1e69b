extension Phrases {
    static let western: [String: Phrases] = [
        "en": Phrases(
            "We are closed right now. We open again {when} and will answer you here then.",
            "We are closed right now. We will answer you here as soon as we can.",
            today: "today at {time}", tomorrow: "tomorrow at {time}",
            soon: "on {weekday} at {time}",
            later: "on {weekday}, {day} {month}, at {time}",
            weekdays: "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday",
            months: """
                January,February,March,April,May,June,July,August,September,October,November,\
                December
                """,
            .halves),
        "es": Phrases(
            """
            Ahora mismo estamos cerrados. Volvemos a abrir {when} y entonces te \
            responderemos aquí.
            """,
            "Ahora mismo estamos cerrados. Te responderemos aquí en cuanto podamos.",
            today: "hoy {time}", tomorrow: "mañana {time}",
            soon: "el {weekday} {time}",
            later: "el {weekday} {day} de {month} {time}",
            weekdays: "lunes,martes,miércoles,jueves,viernes,sábado,domingo",
            months: """
                enero,febrero,marzo,abril,mayo,junio,julio,agosto,septiembre,octubre,noviembre,\
                diciembre
                """,
            .whole(":", "a las {clock}", one: "a la {clock}")),
        "pt": Phrases(
            """
            Neste momento estamos fechados. Voltamos a abrir {when} e respondemos aqui nessa \
            altura.
            """,
            "Neste momento estamos fechados. Respondemos aqui assim que pudermos.",
            today: "hoje {time}", tomorrow: "amanhã {time}",
            soon: "{weekday} {time}",
            later: "{weekday}, {day} de {month}, {time}",
            weekdays: """
                na segunda-feira,na terça-feira,na quarta-feira,na quinta-feira,na \
                sexta-feira,no sábado,no domingo
                """,
            months: """
                janeiro,fevereiro,março,abril,maio,junho,julho,agosto,setembro,outubro,novembro,\
                dezembro
                """,
            .whole(":", "às {clock}", one: "à {clock}")),
        "fr": Phrases(
            """
            Nous sommes fermés en ce moment. Nous rouvrons {when} et vous répondrons ici à \
            ce moment-là.
            """,
            "Nous sommes fermés en ce moment. Nous vous répondrons ici dès que possible.",
            today: "aujourd'hui à {time}", tomorrow: "demain à {time}",
            soon: "{weekday} à {time}",
            later: "le {weekday} {day} {month} à {time}",
            weekdays: "lundi,mardi,mercredi,jeudi,vendredi,samedi,dimanche",
            months: """
                janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,\
                décembre
                """,
            .french),
        "de": Phrases(
            """
            Wir haben gerade geschlossen. Wir öffnen {when} wieder und antworten Ihnen dann \
            hier.
            """,
            "Wir haben gerade geschlossen. Wir antworten Ihnen hier, sobald wir können.",
            today: "heute um {time}", tomorrow: "morgen um {time}",
            soon: "am {weekday} um {time}",
            later: "am {weekday}, dem {day}. {month}, um {time}",
            weekdays: "Montag,Dienstag,Mittwoch,Donnerstag,Freitag,Samstag,Sonntag",
            months: """
                Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,\
                Dezember
                """,
            .whole(":", "{clock} Uhr")),
        "it": Phrases(
            "In questo momento siamo chiusi. Riapriamo {when} e ti risponderemo qui.",
            "In questo momento siamo chiusi. Ti risponderemo qui appena possibile.",
            today: "oggi {time}", tomorrow: "domani {time}",
            soon: "{weekday} {time}",
            later: "{weekday} {day} {month} {time}",
            weekdays: "lunedì,martedì,mercoledì,giovedì,venerdì,sabato,domenica",
            months: """
                gennaio,febbraio,marzo,aprile,maggio,giugno,luglio,agosto,settembre,ottobre,\
                novembre,dicembre
                """,
            .whole(":", "alle {clock}", one: "all'{clock}")),
        "nl": Phrases(
            "We zijn nu gesloten. We zijn {when} weer open en antwoorden u dan hier.",
            "We zijn nu gesloten. We antwoorden u hier zodra we kunnen.",
            today: "vandaag om {time}", tomorrow: "morgen om {time}",
            soon: "{weekday} om {time}",
            later: "op {weekday} {day} {month} om {time}",
            weekdays: "maandag,dinsdag,woensdag,donderdag,vrijdag,zaterdag,zondag",
            months: """
                januari,februari,maart,april,mei,juni,juli,augustus,september,oktober,november,\
                december
                """,
            .whole(":", "{clock} uur")),
    ]
}
