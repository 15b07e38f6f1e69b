extension Phrases {
    static let northern: [String: Phrases] = [
        "sv": Phrases(
            "Vi har stängt just nu. Vi öppnar igen {when} och svarar dig här då.",
            "Vi har stängt just nu. Vi svarar dig här så snart vi kan.",
            today: "i dag kl. {time}", tomorrow: "i morgon kl. {time}",
            soon: "på {weekday} kl. {time}",
            later: "{weekday} den {day} {month} kl. {time}",
            weekdays: "måndag,tisdag,onsdag,torsdag,fredag,lördag,söndag",
            months: """
                januari,februari,mars,april,maj,juni,juli,augusti,september,oktober,november,\
                december
                """,
            .whole(".", "{clock}")),
        "pl": Phrases(
            "Teraz mamy zamknięte. Otwieramy {when} i wtedy odpowiemy tutaj.",
            "Teraz mamy zamknięte. Odpowiemy tutaj, gdy tylko będziemy mogli.",
            today: "dziś o {time}", tomorrow: "jutro o {time}",
            soon: "{weekday} o {time}",
            later: "{weekday}, {day} {month}, o {time}",
            weekdays: """
                w poniedziałek,we wtorek,w środę,w czwartek,w piątek,w sobotę,w niedzielę
                """,
            months: """
                stycznia,lutego,marca,kwietnia,maja,czerwca,lipca,sierpnia,września,października,\
                listopada,grudnia
                """,
            .whole(":", "{clock}")),
        "ru": Phrases(
            "Сейчас мы закрыты. Мы откроемся {when} и тогда ответим вам здесь.",
            "Сейчас мы закрыты. Мы ответим вам здесь, как только сможем.",
            today: "сегодня в {time}", tomorrow: "завтра в {time}",
            soon: "{weekday} в {time}",
            later: "{weekday}, {day} {month}, в {time}",
            weekdays: """
                в понедельник,во вторник,в среду,в четверг,в пятницу,в субботу,в воскресенье
                """,
            months: """
                января,февраля,марта,апреля,мая,июня,июля,августа,сентября,октября,ноября,\
                декабря
                """,
            .whole(":", "{clock}")),
        "uk": Phrases(
            "Зараз ми зачинені. Ми відчинимося {when} і тоді відповімо вам тут.",
            "Зараз ми зачинені. Ми відповімо вам тут, щойно зможемо.",
            today: "сьогодні о {time}", tomorrow: "завтра о {time}",
            soon: "{weekday} о {time}",
            later: "{weekday}, {day} {month}, о {time}",
            weekdays: "у понеділок,у вівторок,у середу,у четвер,у п’ятницю,у суботу,у неділю",
            months: """
                січня,лютого,березня,квітня,травня,червня,липня,серпня,вересня,жовтня,листопада,\
                грудня
                """,
            .whole(":", "{clock}")),
        "ro": Phrases(
            "Acum este închis. Deschidem din nou {when} și vă răspundem aici atunci.",
            "Acum este închis. Vă răspundem aici cât de curând putem.",
            today: "astăzi la ora {time}", tomorrow: "mâine la ora {time}",
            soon: "{weekday} la ora {time}",
            later: "{weekday}, {day} {month}, la ora {time}",
            weekdays: "luni,marți,miercuri,joi,vineri,sâmbătă,duminică",
            months: """
                ianuarie,februarie,martie,aprilie,mai,iunie,iulie,august,septembrie,octombrie,\
                noiembrie,decembrie
                """,
            .whole(":", "{clock}")),
    ]
}
