import Conversation
import Testing

/// Short messages as customers write them, by language: what a guess is measured on.
///
/// The last ten or so of each language were written after the lists of words, and never looked at
/// while those were made.
enum ShortTexts {
    static let byLanguage: [(language: String, texts: [String])] = [
        (
            "en",
            [
                "Good morning", "Is it open today?", "How much does it cost?", "Do you deliver?",
                "Can I pay by card?", "I want to return my bike", "Where are you?",
                "Any discount for students?", "My order has not arrived", "See you tomorrow",
                "Can I bring my dog?", "Price for a week please", "The table is broken",
                "Can somebody call me back?", "Which colour is left?", "He wants two of them",
                "Thanks a lot, bye", "The room was cold last night", "On the first of March",
                "Too expensive", "I lost my key", "Is breakfast included?", "ok sounds good",
                "Where can we park the car", "The soup was excellent", "Do I need a passport?",
                "Our flight lands at noon", "Which bus goes there?", "Change my address please",
                "It fell and broke", "Do you speak English?", "Send me a picture",
                "My wife is pregnant", "Fine, deal",
            ]
        ),
        (
            "es",
            [
                "Buenos días", "¿Está abierto hoy?", "Cuanto cuesta?", "¿Hacen envíos?",
                "Puedo pagar con tarjeta?", "Quiero devolver mi bici", "Donde estan?",
                "Hay descuento para estudiantes?", "Mi pedido no ha llegado", "Hasta mañana",
                "Puedo llevar a mi perro?", "Precio por una semana por favor",
                "La mesa está rota", "¿Me pueden llamar?", "¿Qué color queda?",
                "Quiere dos de esos", "Muchas gracias, chao", "La habitación estaba fría",
                "El primero de marzo", "Es muy caro", "Perdí mi llave",
                "¿El desayuno está incluido?", "vale perfecto", "Se puede aparcar cerca?",
                "La sopa estaba excelente", "¿Necesito pasaporte?",
                "Nuestro vuelo llega al mediodía", "¿Qué autobús va allí?",
                "Cambie mi dirección por favor", "Se cayó y se rompió", "¿Hablan inglés?",
                "Mándame una foto", "Mi mujer está embarazada", "Bien, trato hecho",
            ]
        ),
        (
            "pt",
            [
                "Bom dia", "Está aberto hoje?", "Quanto custa?", "Fazem entregas?",
                "Posso pagar com cartão?", "Quero devolver a minha bicicleta", "Onde ficam?",
                "Tem desconto para estudantes?", "O meu pedido não chegou", "Até amanhã",
                "Posso levar o meu cão?", "Boa tarde, tudo bem?", "A mesa está partida",
                "Podem ligar-me?", "Que cor sobra?", "Ele quer dois", "Muito obrigado",
                "O quarto estava frio", "No primeiro de março", "É muito caro", "Perdi a chave",
                "O pequeno-almoço está incluído?", "Certo, combinado",
                "Dá para estacionar perto?", "A sopa estava excelente", "Preciso de passaporte?",
                "O nosso voo chega ao meio-dia", "Que autocarro vai para lá?",
                "Mude a minha morada por favor", "Caiu e partiu-se", "Falam inglês?",
                "Mande-me uma foto", "A minha mulher está grávida", "Está bem, fechado",
            ]
        ),
        (
            "fr",
            [
                "Bonjour", "Vous êtes ouverts aujourd'hui ?", "Combien ça coûte ?",
                "Vous livrez ?", "Je peux payer par carte ?", "Je veux rendre mon vélo",
                "Vous êtes où ?", "Une réduction pour étudiants ?",
                "Ma commande n'est pas arrivée", "À demain", "Je peux venir avec mon chien ?",
                "Bonsoir, quel est le prix ?", "La table est cassée",
                "Pouvez-vous me rappeler ?", "Quelle couleur reste ?", "Il en veut deux",
                "Merci beaucoup", "La chambre était froide", "Le premier mars",
                "C'est trop cher", "J'ai perdu ma clé", "Le petit déjeuner est compris ?",
                "d'accord parfait", "Où se garer ?", "La soupe était excellente",
                "Faut-il un passeport ?", "Notre vol arrive à midi", "Quel bus y va ?",
                "Changez mon adresse s'il vous plaît", "Il est tombé et s'est cassé",
                "Vous parlez anglais ?", "Envoyez-moi une photo", "Ma femme est enceinte",
                "Bien, c'est entendu",
            ]
        ),
        (
            "de",
            [
                "Guten Morgen", "Haben Sie heute offen?", "Was kostet das?", "Liefern Sie auch?",
                "Kann ich mit Karte zahlen?", "Ich will mein Rad zurückgeben", "Wo seid ihr?",
                "Gibt es Rabatt für Studenten?", "Meine Bestellung ist nicht da", "Bis morgen",
                "Darf mein Hund mit?", "Guten Tag, habt ihr noch Termine?",
                "Der Tisch ist kaputt", "Können Sie mich zurückrufen?",
                "Welche Farbe ist übrig?", "Er möchte zwei davon", "Vielen Dank",
                "Das Zimmer war kalt", "Am ersten März", "Viel zu teuer",
                "Ich habe meinen Schlüssel verloren", "Ist Frühstück dabei?", "alles klar super",
                "Wo kann man parken?", "Die Suppe war ausgezeichnet", "Brauche ich einen Pass?",
                "Unser Flug landet mittags", "Welcher Bus fährt dorthin?",
                "Bitte ändern Sie meine Adresse", "Es ist gefallen und zerbrochen",
                "Sprechen Sie Englisch?", "Schicken Sie mir ein Bild",
                "Meine Frau ist schwanger", "Gut, abgemacht",
            ]
        ),
        (
            "it",
            [
                "Buongiorno", "Siete aperti oggi?", "Quanto costa?", "Fate consegne?",
                "Posso pagare con carta?", "Voglio restituire la bici", "Dove siete?",
                "C'è uno sconto per studenti?", "Il mio ordine non è arrivato", "A domani",
                "Posso portare il cane?", "Buonasera, avete posto?", "Il tavolo è rotto",
                "Potete richiamarmi?", "Che colore è rimasto?", "Ne vuole due", "Grazie mille",
                "La camera era fredda", "Il primo marzo", "È troppo caro", "Ho perso la chiave",
                "La colazione è inclusa?", "va bene perfetto", "Dove si parcheggia?",
                "La zuppa era ottima", "Serve il passaporto?",
                "Il nostro volo arriva a mezzogiorno", "Quale autobus ci va?",
                "Cambiate il mio indirizzo per favore", "È caduto e si è rotto",
                "Parlate inglese?", "Mandami una foto", "Mia moglie è incinta",
                "Bene, affare fatto",
            ]
        ),
        (
            "nl",
            [
                "Goedemorgen", "Zijn jullie vandaag open?", "Wat kost het?",
                "Bezorgen jullie ook?", "Kan ik met pin betalen?",
                "Ik wil mijn fiets terugbrengen", "Waar zitten jullie?",
                "Is er korting voor studenten?", "Mijn bestelling is niet aangekomen",
                "Tot morgen", "Mag mijn hond mee?", "Hoe laat gaan jullie dicht?",
                "De tafel is kapot", "Kunt u mij terugbellen?", "Welke kleur is er nog?",
                "Hij wil er twee", "Dank je wel", "De kamer was koud", "Op de eerste maart",
                "Veel te duur", "Ik ben mijn sleutel kwijt", "Is ontbijt inbegrepen?",
                "prima, is goed", "Waar kan ik parkeren?", "De soep was heerlijk",
                "Heb ik een paspoort nodig?", "Onze vlucht landt om twaalf uur",
                "Welke bus gaat daarheen?", "Wijzig mijn adres alstublieft", "Het viel en brak",
                "Spreekt u Engels?", "Stuur me een foto", "Mijn vrouw is zwanger",
                "Goed, afgesproken",
            ]
        ),
        (
            "pl",
            [
                "Dzień dobry", "Czy dziś jest otwarte?", "Ile to kosztuje?", "Czy dostarczacie?",
                "Mogę zapłacić kartą?", "Chcę oddać rower", "Gdzie jesteście?",
                "Jest zniżka dla studentów?", "Moje zamówienie nie dotarło", "Do jutra",
                "Mogę przyjść z psem?", "O której zamykacie?", "Stół jest zepsuty",
                "Czy możecie oddzwonić?", "Jaki kolor został?", "On chce dwa", "Dziękuję bardzo",
                "W pokoju było zimno", "Pierwszego marca", "To za drogo", "Zgubiłem klucz",
                "Czy śniadanie jest w cenie?", "dobrze, super", "Gdzie można zaparkować?",
                "Zupa była pyszna", "Czy potrzebuję paszportu?",
                "Nasz samolot ląduje w południe", "Jaki autobus tam jedzie?",
                "Proszę zmienić mój adres", "Spadło i się rozbiło", "Czy mówicie po angielsku?",
                "Wyślij mi zdjęcie", "Moja żona jest w ciąży", "No to umowa stoi",
            ]
        ),
        (
            "ru",
            [
                "Доброе утро", "Вы сегодня открыты?", "Сколько стоит?", "Есть доставка?",
                "Можно картой?", "Хочу вернуть велосипед", "Где вы находитесь?",
                "Есть скидка студентам?", "Мой заказ не пришёл", "До завтра", "Можно с собакой?",
                "Добрый день", "Стол сломан", "Можете перезвонить?", "Какой цвет остался?",
                "Он хочет два", "Большое спасибо", "В комнате было холодно", "Первого марта",
                "Слишком дорого", "Я потерял ключ", "Завтрак включён?", "хорошо, отлично",
                "Суп был отличный", "Нужен ли паспорт?", "Наш рейс прилетает в полдень",
                "Какой автобус туда идёт?", "Измените мой адрес", "Он упал и разбился",
                "Вы говорите по-английски?", "Пришлите фото", "Моя жена беременна",
            ]
        ),
        (
            "uk",
            [
                "Доброго ранку", "Ви сьогодні працюєте?", "Скільки коштує?", "Є доставка?",
                "Можна карткою?", "Хочу повернути велосипед", "Де ви знаходитесь?",
                "Є знижка студентам?", "Моє замовлення не прийшло", "До завтра, дякую",
                "Можна з собакою?", "Добрий день", "Стіл зламаний", "Можете передзвонити?",
                "Який колір залишився?", "Він хоче два", "Дуже дякую", "У кімнаті було холодно",
                "Першого березня", "Занадто дорого", "Я загубив ключ", "Сніданок включено?",
                "добре, чудово", "Суп був смачний", "Чи потрібен паспорт?",
                "Наш рейс прилітає опівдні", "Який автобус туди їде?", "Змініть мою адресу",
                "Він упав і розбився", "Ви розмовляєте англійською?", "Надішліть фото",
                "Моя дружина вагітна",
            ]
        ),
        (
            "tr",
            [
                "Günaydın", "Bugün açık mısınız?", "Ne kadar?", "Teslimat var mı?",
                "Kartla ödeyebilir miyim?", "Bisikletimi iade etmek istiyorum", "Neredesiniz?",
                "Öğrenci indirimi var mı?", "Siparişim gelmedi", "Yarın görüşürüz",
                "Köpeğimle gelebilir miyim?", "İyi akşamlar", "Masa kırık", "Beni arar mısınız?",
                "Hangi renk kaldı?", "İki tane istiyor", "Çok teşekkürler", "Oda soğuktu",
                "Bir martta", "Çok pahalı", "Anahtarımı kaybettim", "Kahvaltı dahil mi?",
                "tamam süper", "Nereye park edebiliriz?", "Çorba harikaydı",
                "Pasaport gerekli mi?", "Uçağımız öğlen iniyor", "Oraya hangi otobüs gidiyor?",
                "Adresimi değiştirin lütfen", "Düştü ve kırıldı", "İngilizce biliyor musunuz?",
                "Bana bir fotoğraf gönderin", "Eşim hamile", "Anlaştık",
            ]
        ),
        (
            "ar",
            [
                "صباح الخير", "هل أنتم مفتوحون اليوم؟", "كم السعر؟", "هل يوجد توصيل؟",
                "هل يمكنني الدفع بالبطاقة؟", "أريد إرجاع الدراجة", "أين أنتم؟",
                "هل هناك خصم للطلاب؟", "طلبي لم يصل", "إلى الغد", "الطاولة مكسورة",
                "هل يمكنكم الاتصال بي؟", "أي لون متبقي؟", "شكرا جزيلا", "غالي جدا",
                "فقدت مفتاحي", "هل الفطور مشمول؟", "كانت الشوربة ممتازة", "هل أحتاج جواز سفر؟",
                "غيروا عنواني من فضلك", "أرسل لي صورة",
            ]
        ),
        (
            "hi",
            [
                "सुप्रभात", "क्या आज खुला है?", "कितने का है?", "क्या डिलीवरी होती है?",
                "क्या कार्ड से भुगतान कर सकते हैं?", "मुझे साइकिल लौटानी है", "आप कहाँ हैं?",
                "क्या छात्रों के लिए छूट है?", "मेरा ऑर्डर नहीं आया", "कल मिलते हैं",
                "मेज़ टूटी है", "क्या आप वापस कॉल कर सकते हैं?", "कौन सा रंग बचा है?",
                "बहुत धन्यवाद", "बहुत महंगा है", "मेरी चाबी खो गई", "सूप बढ़िया था",
                "क्या पासपोर्ट चाहिए?", "मेरा पता बदल दीजिए", "मुझे एक फोटो भेजिए",
            ]
        ),
        (
            "zh",
            [
                "早上好", "今天开门吗？", "多少钱？", "可以送货吗？", "能刷卡吗？", "我想退自行车", "你们在哪里？", "学生有优惠吗？",
                "我的订单没到", "明天见", "桌子坏了", "可以回电话吗？", "还有什么颜色？", "非常感谢", "太贵了", "我丢了钥匙", "汤很好喝",
                "需要护照吗？", "请改一下地址", "发张照片给我",
            ]
        ),
        (
            "ja",
            [
                "おはようございます", "今日は開いていますか？", "いくらですか？", "配達できますか？", "カードで払えますか？", "自転車を返したいです",
                "どこにありますか？", "学生割引はありますか？", "注文が届きません", "また明日", "テーブルが壊れています", "折り返し電話できますか？",
                "何色が残っていますか？", "ありがとうございます", "高すぎます", "鍵をなくしました", "スープがとても美味しかった",
                "パスポートは必要ですか？", "住所を変えてください", "写真を送って",
            ]
        ),
        (
            "ko",
            [
                "좋은 아침입니다", "오늘 열었나요?", "얼마예요?", "배달 되나요?", "카드 결제 되나요?", "자전거를 반납하고 싶어요",
                "어디에 있어요?", "학생 할인 있나요?", "주문이 안 왔어요", "내일 봐요", "테이블이 부서졌어요", "다시 전화해 주실 수 있나요?",
                "무슨 색이 남았어요?", "정말 감사합니다", "너무 비싸요", "수프가 정말 맛있었어요", "여권이 필요한가요?", "주소를 바꿔 주세요",
                "사진 보내 주세요",
            ]
        ),
        (
            "id",
            [
                "Selamat pagi", "Hari ini buka?", "Harganya berapa?", "Bisa antar?",
                "Bisa bayar pakai kartu?", "Saya mau kembalikan sepeda", "Lokasinya di mana?",
                "Ada diskon untuk pelajar?", "Pesanan saya belum sampai", "Sampai besok",
                "Boleh bawa anjing?", "Terima kasih banyak", "Mejanya rusak",
                "Bisa telepon saya kembali?", "Warna apa yang tersisa?", "Dia mau dua",
                "Makasih banyak ya", "Kamarnya dingin", "Tanggal satu Maret", "Terlalu mahal",
                "Kunci saya hilang", "Sarapan termasuk?", "oke siap", "Parkir di mana?",
                "Supnya enak sekali", "Apa perlu paspor?", "Pesawat kami mendarat siang",
                "Bus apa yang ke sana?", "Tolong ganti alamat saya", "Jatuh dan pecah",
                "Bisa bahasa Inggris?", "Kirim foto dong", "Istri saya hamil", "Oke deal",
            ]
        ),
        (
            "vi",
            [
                "Chào buổi sáng", "Hôm nay có mở cửa không?", "Bao nhiêu tiền?",
                "Có giao hàng không?", "Trả bằng thẻ được không?", "Tôi muốn trả xe",
                "Shop ở đâu?", "Có giảm giá cho sinh viên không?", "Đơn hàng chưa đến",
                "Hẹn mai nhé", "Gia bao nhieu vay shop?", "Mang chó theo được không?",
                "Cái bàn bị hỏng", "Gọi lại cho tôi được không?", "Còn màu nào?",
                "Anh ấy muốn hai cái", "Cảm ơn nhiều", "Phòng lạnh quá", "Ngày một tháng ba",
                "Đắt quá", "Tôi mất chìa khóa", "Có bao gồm ăn sáng không?", "ok được rồi",
                "Đậu xe ở đâu?", "Súp rất ngon", "Có cần hộ chiếu không?",
                "Chuyến bay của chúng tôi đến lúc trưa", "Xe buýt nào đi đến đó?",
                "Đổi địa chỉ giúp tôi", "Nó rơi và vỡ", "Bạn nói tiếng Anh không?",
                "Gửi tôi một tấm ảnh", "Vợ tôi đang mang thai", "Ok chốt nhé",
            ]
        ),
        (
            "sv",
            [
                "God morgon", "Har ni öppet idag?", "Vad kostar det?", "Levererar ni?",
                "Kan jag betala med kort?", "Jag vill lämna tillbaka cykeln", "Var ligger ni?",
                "Finns det studentrabatt?", "Min beställning har inte kommit", "Vi ses imorgon",
                "Får jag ta med hunden?", "Hur mycket kostar en vecka?", "Bordet är trasigt",
                "Kan ni ringa upp mig?", "Vilken färg finns kvar?", "Han vill ha två",
                "Tack så mycket", "Rummet var kallt", "Den första mars", "Alldeles för dyrt",
                "Jag har tappat min nyckel", "Ingår frukost?", "okej låter bra",
                "Var kan man parkera?", "Soppan var utmärkt", "Behöver jag pass?",
                "Vårt flyg landar vid lunch", "Vilken buss går dit?", "Ändra min adress tack",
                "Den föll och gick sönder", "Talar ni engelska?", "Skicka en bild till mig",
                "Min fru är gravid", "Bra, då säger vi så",
            ]
        ),
        (
            "ro",
            [
                "Bună dimineața", "Sunteți deschis azi?", "Cât costă?", "Faceți livrări?",
                "Pot plăti cu cardul?", "Vreau să returnez bicicleta", "Unde sunteți?",
                "Aveți reducere pentru studenți?", "Comanda mea nu a ajuns", "Pe mâine",
                "Pot veni cu câinele?", "Cat costa pe saptamana?", "Masa este stricată",
                "Mă puteți suna?", "Ce culoare a rămas?", "El vrea două", "Mulțumesc mult",
                "Camera era rece", "Pe întâi martie", "Prea scump", "Mi-am pierdut cheia",
                "Micul dejun este inclus?", "bine perfect", "Unde se poate parca?",
                "Supa a fost excelentă", "Am nevoie de pașaport?",
                "Zborul nostru aterizează la prânz", "Ce autobuz merge acolo?",
                "Schimbați adresa mea vă rog", "A căzut și s-a spart", "Vorbiți engleză?",
                "Trimite-mi o poză", "Soția mea este însărcinată", "Bine, ne-am înțeles",
            ]
        ),
        (
            "th",
            [
                "สวัสดีครับ", "วันนี้เปิดไหม", "ราคาเท่าไหร่", "ส่งของไหม", "อยู่ที่ไหน",
            ]
        ),
        (
            "el",
            [
                "Καλημέρα", "Είστε ανοιχτά σήμερα", "Πόσο κάνει", "Κάνετε αποστολές",
                "Πού είστε",
            ]
        ),
        (
            "he",
            [
                "בוקר טוב", "אתם פתוחים היום?", "כמה זה עולה?", "יש משלוחים?", "איפה אתם?",
            ]
        ),
    ]
}

@Suite("Guessing a language")
struct LanguageGuessTests {
    @Test("few short texts are taken for another language, and most are told")
    func measure() {
        var right = 0
        var wrong: [String] = []
        var untold: [String] = []
        for (language, texts) in ShortTexts.byLanguage {
            for text in texts {
                switch LanguageGuess.language(of: text) {
                case language: right += 1
                case nil: untold.append("\(language): \(text)")
                case let guess?: wrong.append("\(language), not \(guess): \(text)")
                }
            }
        }
        let count = right + wrong.count + untold.count
        #expect(ShortTexts.byLanguage.count >= 20)
        #expect(wrong.count * 100 <= count, "\(wrong)")
        #expect(right * 100 >= 94 * count, "\(untold)")
    }

    @Test(
        "no language is told much worse than the others",
        arguments: ShortTexts.byLanguage.map(\.language))
    func each(_ language: String) {
        let texts = ShortTexts.byLanguage.filter { $0.language == language }.flatMap(\.texts)
        let guesses = texts.map { LanguageGuess.language(of: $0) }
        #expect(guesses.count { $0 == language } * 100 >= 80 * texts.count)
        #expect(guesses.count { $0 != nil && $0 != language } * 100 <= 4 * texts.count)
    }

    @Test(
        "what may be of several languages is in doubt, rather than of the first",
        arguments: ["Ok", "Hotel", "1234", "A B C", "Anna", "No", "👍", ""])
    func doubt(_ text: String) {
        #expect(LanguageGuess.language(of: text) == nil)
    }
}

@Suite("What denies")
struct NegationTests {
    @Test(
        "words that deny, in the language that they are of",
        arguments: [
            ("We are not open on Sunday", "en", true), ("We don't deliver", "en", true),
            ("On Sunday we are closed", "en", true), ("We are not closed", "en", false),
            ("No, we open at nine", "en", false), ("We close at 14:00", "en", false),
            ("Abrimos no sábado", "pt", false), ("Não abrimos no sábado", "pt", true),
            ("No abrimos el sábado", "es", true), ("Sin cita previa", "es", true),
            ("Im Mai geöffnet", "de", false), ("Sonntags geschlossen", "de", true),
            ("Keine Hunde", "de", true), ("Nous n'ouvrons pas", "fr", true),
            ("Pazar açmıyoruz", "tr", true), ("Ne kadar?", "tr", false),
            ("我们周日不开门", "zh", true), ("我们周日开门", "zh", false), ("日曜日は開いていません", "ja", true),
            ("일요일은 열지 않아요", "ko", true), ("Мы не работаем", "ru", true),
            ("हम रविवार को नहीं खुलते", "hi", true),
        ])
    func denied(text: String, language: String, isDenied: Bool) {
        #expect(Negation.isDenied(text, in: language) == isDenied)
    }
}
