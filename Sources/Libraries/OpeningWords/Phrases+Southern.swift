extension Phrases {
    static let southern: [String: Phrases] = [
        "tr": Phrases(
            """
            Şu anda kapalıyız. {when} yeniden açılıyoruz ve o zaman size buradan yanıt \
            vereceğiz.
            """,
            "Şu anda kapalıyız. Size en kısa sürede buradan yanıt vereceğiz.",
            today: "Bugün saat {time} itibarıyla", tomorrow: "Yarın saat {time} itibarıyla",
            soon: "{weekday} günü saat {time} itibarıyla",
            later: "{day} {month} {weekday} günü saat {time} itibarıyla",
            weekdays: "Pazartesi,Salı,Çarşamba,Perşembe,Cuma,Cumartesi,Pazar",
            months: """
                Ocak,Şubat,Mart,Nisan,Mayıs,Haziran,Temmuz,Ağustos,Eylül,Ekim,Kasım,Aralık
                """,
            .whole(".", "{clock}")),
        "el": Phrases(
            """
            Αυτή τη στιγμή είμαστε κλειστά. Ανοίγουμε ξανά {when} και θα σας απαντήσουμε εδώ \
            τότε.
            """,
            "Αυτή τη στιγμή είμαστε κλειστά. Θα σας απαντήσουμε εδώ το συντομότερο δυνατό.",
            today: "σήμερα {time}", tomorrow: "αύριο {time}",
            soon: "{weekday} {time}",
            later: "{weekday} {day} {month} {time}",
            weekdays: """
                τη Δευτέρα,την Τρίτη,την Τετάρτη,την Πέμπτη,την Παρασκευή,το Σάββατο,την Κυριακή
                """,
            months: """
                Ιανουαρίου,Φεβρουαρίου,Μαρτίου,Απριλίου,Μαΐου,Ιουνίου,Ιουλίου,Αυγούστου,\
                Σεπτεμβρίου,Οκτωβρίου,Νοεμβρίου,Δεκεμβρίου
                """,
            .whole(":", "στις {clock}", one: "στη {clock}")),
        "ar": Phrases(
            "نحن مغلقون الآن. نفتح مجددًا {when} وسنرد عليك هنا عندها.",
            "نحن مغلقون الآن. سنرد عليك هنا في أقرب وقت ممكن.",
            today: "اليوم الساعة {time}", tomorrow: "غدًا الساعة {time}",
            soon: "يوم {weekday} الساعة {time}",
            later: "يوم {weekday} {day} {month} الساعة {time}",
            weekdays: "الاثنين,الثلاثاء,الأربعاء,الخميس,الجمعة,السبت,الأحد",
            months: """
                يناير,فبراير,مارس,أبريل,مايو,يونيو,يوليو,أغسطس,سبتمبر,أكتوبر,نوفمبر,ديسمبر
                """,
            .whole(":", "{clock}")),
        "he": Phrases(
            "אנחנו סגורים כרגע. ניפתח שוב {when} ואז נענה לך כאן.",
            "אנחנו סגורים כרגע. נענה לך כאן בהקדם האפשרי.",
            today: "היום בשעה {time}", tomorrow: "מחר בשעה {time}",
            soon: "ביום {weekday} בשעה {time}",
            later: "ביום {weekday}, {day} {month}, בשעה {time}",
            weekdays: "שני,שלישי,רביעי,חמישי,שישי,שבת,ראשון",
            months: """
                בינואר,בפברואר,במרץ,באפריל,במאי,ביוני,ביולי,באוגוסט,בספטמבר,באוקטובר,בנובמבר,\
                בדצמבר
                """,
            .whole(":", "{clock}")),
        "hi": Phrases(
            "हम अभी बंद हैं। हम {when} फिर खुलेंगे और तब आपको यहीं जवाब देंगे।",
            "हम अभी बंद हैं। हम जल्द से जल्द आपको यहीं जवाब देंगे।",
            today: "आज {time}", tomorrow: "कल {time}",
            soon: "{weekday} को {time}",
            later: "{weekday}, {day} {month} को {time}",
            weekdays: "सोमवार,मंगलवार,बुधवार,गुरुवार,शुक्रवार,शनिवार,रविवार",
            months: "जनवरी,फ़रवरी,मार्च,अप्रैल,मई,जून,जुलाई,अगस्त,सितंबर,अक्टूबर,नवंबर,दिसंबर",
            .whole(":", "{clock} बजे")),
    ]
}
