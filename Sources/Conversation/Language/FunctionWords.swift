/// The commonest words of languages: they tell a language, and say nothing of a question's topic.
package enum FunctionWords {
    /// The words of each language, by its BCP 47 code, as people write them.
    package static let byLanguage: [(language: String, words: Set<String>)] =
        lists.map { ($0.0, folded($0.1)) }

    /// The words of a language as people write them, blanks between.
    static func written(_ language: String) -> String {
        lists.first { $0.0 == language }?.1 ?? ""
    }

    /// The folded words of all languages together, with words that only ask, and with the pairs
    /// of characters that stand for words in scripts without spaces.
    package static let all: Set<String> =
        byLanguage.reduce(into: folded(unspaced + " " + asking)) { $0.formUnion($1.words) }

    /// Words that say what kind of answer is wanted: texts that answer rarely hold them.
    private static let asking = """
        time hour happens happen possible way kind long high far hora horas forma tipo manera \
        horário heure heures uhr uhrzeit ora ore tijd laat godzinie godzina время час часов kaçta \
        saat बजे समय
        """

    private static func folded(_ list: String) -> Set<String> {
        Set(list.split(separator: " ").map { TextFolding.fold(String($0)) })
    }

    private static let lists: [(String, String)] = [
        (
            "en",
            """
            a an the and or but if of to in on at by for from with without about as into is are \
            was \
            were be been am do does did have has had can could will would shall should may might \
            must i you he she it we they me him her us them my your his its our their this that \
            these those there here what which who when where why how not no yes so than then too \
            also any some much many more most please tell know want need like just hi hello hey \
            ok thanks thank s t m re ve d ll
            """
        ),
        (
            "es",
            """
            el la los las un una unos unas y o pero si de del al a en con por para sin sobre es \
            son era eran ser esta estan estoy hay tiene tienen tengo puedo puede pueden podria \
            hacer hace yo tu usted ustedes nosotros ellos me te se le les lo mi su sus nuestro \
            este esta estos estas ese esa eso que cual cuales quien cuando donde como cuanto \
            cuanta cuantos cuantas porque no muy mas tambien algo algun alguna quiero quisiera \
            necesito favor hola gracias ya
            """
        ),
        (
            "pt",
            """
            o a os as um uma uns umas e ou mas se de do da dos das em no na nos nas com por para \
            sem sobre é são era ser está estão estou há tem têm tenho posso pode podem poderia \
            fazer faz eu você vocês nós eles me te lhe meu minha seu sua seus nosso este esta \
            esse essa isso isto que qual quais quem quando onde como quanto quanta quantos não \
            muito mais também algum alguma quero queria preciso favor olá oi obrigado obrigada já \
            ao aos à às vocês
            """
        ),
        (
            "fr",
            """
            le la les un une des et ou mais si de du au aux à en dans avec par pour sans sur est \
            sont était être suis es avez avons ont a ai as y puis peut peux pouvez pourrais faire \
            fait je tu il elle nous vous ils elles me te se lui leur mon ma mes votre vos notre \
            ce cet cette ces que quel quelle quels quelles qui quand où comment combien pourquoi \
            ne pas plus très aussi quelque voudrais veux besoin plaît bonjour salut merci l d qu c \
            j n s t est-ce
            """
        ),
        (
            "de",
            """
            der die das den dem des ein eine einen einem einer und oder aber wenn von zu zum zur \
            in im am an auf bei mit für ohne über aus nach ist sind war waren sein bin hat haben \
            habe kann können könnte könnten wird werden würde machen macht ich du er sie es wir \
            ihr mich dich sich uns euch mir dir ihm ihnen mein dein euer unser ihre ihren dieser \
            diese dieses was welche welcher welches wer wann wo wie warum wieviel viel viele nicht \
            kein keine sehr mehr auch etwas bitte möchte will brauche hallo danke vielen ja \
            nein gibt man
            """
        ),
        (
            "it",
            """
            il lo la i gli le un uno una e o ma se di del della dei delle degli al alla ai alle \
            da dal in nel nella con per senza su sul è sono era essere sto hai ho ha hanno avete \
            abbiamo posso può possono potrei fare fa io tu lui lei noi voi loro mi ti si ci vi mio \
            tuo suo vostro nostro questo questa questi queste quello che quale quali chi quando \
            dove come quanto quanta quanti quante perché non molto più anche qualche vorrei voglio \
            bisogno favore ciao buongiorno grazie c
            """
        ),
        (
            "nl",
            """
            de het een en of maar als van te tot in op aan bij met voor zonder over uit naar is \
            zijn was waren ben heeft hebben heb kan kunnen kunt zou wordt worden doen doet ik jij \
            je u hij zij ze wij we jullie mij me hem haar ons hun mijn jouw uw onze deze dit die \
            dat wat welke welk wie wanneer waar hoe waarom hoeveel veel niet geen zeer meer ook \
            iets graag wil moet nodig hallo dank bedankt alstublieft er
            """
        ),
        (
            "pl",
            """
            i a oraz lub albo ale jeśli czy z ze w we na do od po o u przy dla bez jest są był \
            była było być jestem mam ma mają może mogę można chcę chciałbym chciałabym potrzebuję \
            ja ty on ona my wy oni mnie mi ci się go jej nam wam ich mój twój wasz wasze nasz ten \
            ta to te tego tej co jaki jaka jakie który która kto kiedy gdzie jak dlaczego ile nie \
            tak bardzo więcej też coś proszę dziękuję cześć dzień dobry pan pani państwo
            """
        ),
        (
            "ru",
            """
            и или но а если в во на с со к ко у о об от до по из за для без при это есть был была \
            были быть могу может можно можете хочу хотел хотела нужно нужен нужна надо я ты он она \
            мы вы они меня мне тебя вас вам нас нам его её их мой ваш ваша ваши наш этот эта эти \
            тот что какой какая какие кто когда где как почему сколько не нет да очень ещё тоже ли \
            бы пожалуйста спасибо здравствуйте привет у
            """
        ),
        (
            "uk",
            """
            і й та або але якщо в у на з із зі до від по про за для без при це є був була були \
            бути можу може можна можете хочу хотів хотіла потрібно потрібен треба я ти він вона ми \
            ви вони мене мені тебе вас вам нас нам його її їх мій ваш ваша ваші наш цей ця ці той \
            що який яка які хто коли де як чому скільки не ні так дуже ще також чи би будь ласка \
            дякую вітаю привіт добрий день
            """
        ),
        (
            "tr",
            """
            ve veya ama eğer bir bu şu o için ile gibi kadar da de mi mı mu mü ne nasıl neden kim \
            nerede hangi kaç zaman var yok ben sen biz siz onlar bana sana bize size benim senin \
            bizim sizin değil çok daha olarak olan istiyorum isterim lazım lütfen merhaba teşekkür \
            teşekkürler ederim evet hayır misiniz mısınız musunuz ediyor
            """
        ),
        (
            "ar",
            """
            في من على إلى عن مع هل ما ماذا متى أين كيف كم لماذا من هو هي أنا أنت نحن هم هذا هذه \
            ذلك التي الذي كان يكون لا نعم أو و ثم أن إن لديكم لدي عندكم يمكن يمكنني أريد اريد \
            لو سمحت من فضلك شكرا مرحبا السلام عليكم كل بعد قبل عند
            """
        ),
        (
            "hi",
            """
            है हैं था थी थे हो का की के को में से पर और या लेकिन अगर यह वह ये वे मैं हम आप तुम \
            मुझे हमें आपको मेरा मेरी आपका आपकी आपके क्या कब कहाँ कैसे कौन क्यों कितना कितने \
            कितनी नहीं \
            हाँ भी ही तो कर करना करते सकते सकता सकती चाहिए चाहता चाहती कृपया नमस्ते धन्यवाद एक लिए
            """
        ),
        (
            "id",
            """
            yang dan atau tapi jika di ke dari pada untuk dengan tanpa tentang ini itu adalah ada \
            tidak bukan ya saya aku anda kamu kami kita mereka dia apa siapa kapan dimana mana \
            bagaimana berapa kenapa mengapa bisa dapat mau ingin perlu akan sudah juga lebih \
            sangat tolong halo terima kasih apakah jam
            """
        ),
        (
            "vi",
            """
            và hoặc nhưng nếu của cho với không có là được ở tại từ đến trong trên về các những \
            một này đó tôi bạn anh chị em chúng họ mình gì nào ai khi bao giờ đâu sao thế như \
            nhiêu mấy rất cũng đã sẽ muốn cần xin vui lòng chào cảm ơn ạ vâng
            """
        ),
        (
            "sv",
            """
            och eller men om att av till i på vid med för utan över från är var vara har kan \
            skulle ska vill jag du han hon den det vi ni de mig dig oss er min din vår denna detta \
            vad vilken vilka vem när var hur varför många mycket inte ingen också tack hej \
            finns en \
            ett
            """
        ),
        (
            "ro",
            """
            și sau dar dacă de la în pe cu fără pentru din este sunt era fi am are au pot poate \
            vreau aș eu tu el ea noi voi ei mă te se îmi meu tău acest această ce care cine când \
            unde cum cât câte nu da foarte mai vă rog mulțumesc bună salut un o
            """
        ),
        ("ko", "은 는 이 가 을 를 의 에 에서 도 로 과 와 무엇 어디 언제 어떻게 몇 있나요 인가요 합니까 있습니까 저는 제가 그리고"),
        (
            "he",
            """
            של את על עם אני אתה אתם הוא היא זה מה מתי \
            איפה איך כמה האם לא כן יש אין גם או אבל תודה \
            שלום בבקשה
            """
        ),
        (
            "el",
            """
            και ή αλλά αν το τα η ο οι του της των \
            σε στο στη στην με για από είναι έχει έχετε θέλω μπορώ \
            τι πότε πού πώς πόσο ποιος δεν ναι να
            """
        ),
    ]

    /// Particles of Chinese, Japanese and Thai, as pairs of characters.
    private static let unspaced = """
        吗 呢 的 了 是 在 我 你 你们 您 您们 我们 请问 什么 怎么 可以 有没 没有 是否 哪里 多少 几点 です ます すか ます ませ \
        せん した たい ので から まで では には とは って この その あの どこ なに 何で ください ครับ ค่ะ คะ ที่ ไหม
        """
}
