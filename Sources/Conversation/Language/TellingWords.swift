/// Words that tell a language although they carry meaning: what people write first to a business.
///
/// Apart from ``FunctionWords``, as those are left out where a question's topic matters.
enum TellingWords {
    /// The words of each language, by its BCP 47 code, as people write them.
    static let byLanguage: [String: String] = [
        "en": """
        good morning afternoon evening night today tomorrow now open opening closed price prices \
        cost costs pay payment card cash order delivery deliver shop store book booking \
        appointment day week month hours discount return refund help welcome bye see you're \
        don't it's i'm monday tuesday wednesday thursday friday saturday sunday available still \
        free only new my mine arrived receive buy sell rent repair size work ready had been get \
        got give take make go going come came back two three first one other very well right \
        again lost because after before left too late long old big small was were he's can't \
        won't didn't isn't we're they sounds yes no call him her someone somebody included room \
        key water
        """,
        "es": """
        buenos buenas días día tardes noches hoy mañana ahora abierto abierta abiertos abren \
        abre cerrado cierran precio precios cuesta cuestan pagar pago tarjeta efectivo pedido \
        envío envíos entrega tienda reserva reservar cita semana mes horario descuento devolver \
        devolución ayuda adiós luego lunes martes miércoles jueves viernes sábado domingo \
        disponible todavía aún llegado comprar alquilar arreglar talla están ustedes hacen \
        puedes podría dónde cuánto qué cómo cuándo sí está más también algún cuál cuánta cuántos \
        dos tres primero primera otro otra otros bien mucho mucha muchas muchos quiere quieren \
        tengo hecho fue era estaba estaban voy vamos va desde hasta entre todo toda todos nada \
        siempre nunca así aquí allí esos esas nuestro nuestra vale claro perdí llave color \
        habitación incluido llamar enero febrero marzo abril mayo junio julio agosto
        """,
        "pt": """
        bom boa dia dias tarde noite hoje amanhã agora aberto aberta abertos abrem abre fechado \
        fecham preço preços custa custam pagar pagamento cartão dinheiro pedido encomenda \
        entrega entregas entregam loja reserva reservar marcar semana mês horário desconto \
        devolver devolução ajuda tchau tudo bem segunda terça quarta quinta sexta sábado domingo \
        disponível ainda chegou comprar alugar consertar tamanho ficam vocês fazem podem \
        gostaria obrigado obrigada onde quanto até meu minha dois duas três primeiro primeira \
        outro outra muito muita muitos ele ela eles quer querem fui foi era estava estavam vou \
        vamos vai desde entre toda todos nada sempre nunca assim aqui ali isso nosso nossa certo \
        claro dá perto longe perdi chave cor quarto incluído ligar sobra janeiro fevereiro março \
        abril maio junho julho agosto já é são está não sim
        """,
        "fr": """
        bonsoir bonne journée soirée nuit aujourd'hui aujourd hui demain maintenant ouvert \
        ouverte ouverts ouvrez fermé fermez prix coûte coûtent payer paiement carte espèces \
        commande livraison livrez livrer magasin boutique réserver réservation rendez jour \
        semaine mois heures horaires réduction rendre remboursement aide revoir lundi mardi \
        mercredi jeudi vendredi samedi dimanche disponible encore arrivée acheter louer réparer \
        taille merci beaucoup êtes vélo chien quel quelle oui deux trois premier première autre \
        autres bien très il veut elle étaient était fut vais allons va depuis jusque entre tout \
        toute tous rien toujours jamais ainsi ici là notre nos leur d'accord parfait reste cher \
        trop perdu clé couleur chambre inclus compris appeler janvier février mars avril mai \
        juin juillet août c'est j'ai n'est qu'il
        """,
        "de": """
        guten gute morgen tag abend nacht heute jetzt offen geöffnet öffnen geschlossen \
        schließen preis preise kostet kosten zahlen bezahlen bezahlung karte bar bestellung \
        lieferung liefern geschäft laden reservieren buchen termin termine woche monat uhr \
        öffnungszeiten rabatt zurückgeben rückgabe hilfe tschüss wiedersehen montag dienstag \
        mittwoch donnerstag freitag samstag sonntag verfügbar noch angekommen kaufen mieten \
        reparieren größe seid habt gibt's bis darf fahrrad rad hund zwei drei erste ersten \
        andere anderen gut sehr er möchte wollen ging gehen geht gehe seit zwischen alles alle \
        immer nie so hier dort unsere unseren klar super übrig teuer verloren schlüssel farbe \
        zimmer dabei anrufen januar februar märz april mai juni juli august wurde wurden davon \
        dann schon mal vielen dank doch
        """,
        "it": """
        buongiorno buonasera buona buon giorno sera notte oggi domani adesso ora aperto aperta \
        aperti aprite chiuso chiudete prezzo prezzi costa costano pagare pagamento carta \
        contanti ordine consegna consegne consegnate negozio prenotare prenotazione appuntamento \
        settimana mese orari orario sconto restituire reso aiuto arrivederci lunedì martedì \
        mercoledì giovedì venerdì sabato domenica disponibile ancora arrivato comprare \
        noleggiare riparare taglia siete avete fate posto bici cane quanto sì c'è due tre primo \
        prima altro altra bene molto vuole vogliono ne ero era erano vado andiamo va fino fra \
        tra tutto tutta tutti niente sempre mai così qui là nostra camera chiave colore inclusa \
        incluso compresa chiamare perso rotto caro troppo mille gennaio febbraio marzo aprile \
        maggio giugno luglio agosto è perfetto
        """,
        "nl": """
        goedemorgen goedemiddag goedenavond goede goedendag dag avond vandaag morgen nu open \
        geopend gesloten dicht prijs prijzen kost kosten betalen betaling pin pinnen contant \
        bestelling bestellen bezorging bezorgen levering winkel reserveren boeken afspraak week \
        maand uur openingstijden korting terugbrengen terugsturen retour hulp doei maandag \
        dinsdag woensdag donderdag vrijdag zaterdag zondag beschikbaar nog aangekomen kopen \
        huren repareren maat zijn hebben jullie zitten gaan mag fiets hond laat ja nee twee drie \
        eerste andere goed heel hij wil willen ging gaat ga sinds tussen alles alle altijd nooit \
        zo hier daar ons onze prima leuk duur kwijt sleutel kleur kamer inbegrepen bellen \
        januari februari maart april mei juni juli augustus werd wie jij veel te wel toch even
        """,
        "pl": """
        dzień dobry wieczór dobranoc dziś dzisiaj jutro jutra teraz otwarte otwarty otwieracie \
        zamknięte zamykacie cena ceny kosztuje kosztują zapłacić płatność kartą karta gotówka \
        zamówienie dostawa dostarczacie sklep rezerwacja zarezerwować wizyta tydzień miesiąc \
        godzina godziny której zniżka rabat zwrócić zwrot oddać pomoc widzenia poniedziałek \
        wtorek środa czwartek piątek sobota sobotę niedziela niedzielę dostępne jeszcze dotarło \
        kupić wynająć naprawić rozmiar jesteście macie rower pies psem moje dwa dwie trzy \
        pierwszy pierwsza pierwszego inny inna dobrze on chce byli idę jedzie od między wszystko \
        wszyscy zawsze nigdy tutaj tam nasza super drogo za klucz kolor pokój pokoju cenie \
        zadzwonić oddzwonić styczeń marca kwietnia maja czerwca lipca został jest zimno czy się
        """,
        "ru": """
        доброе утро добрый день вечер вечера сегодня завтра сейчас открыто открыты открываетесь \
        работаете закрыто закрываетесь цена цены стоит стоят стоимость оплатить оплата картой \
        наличными заказ доставка доставляете магазин записаться запись неделя неделю месяц часы \
        скидка вернуть возврат помощь свидания понедельник вторник среда четверг пятница суббота \
        субботу воскресенье наличии пришёл купить аренда ремонт размер находитесь вы велосипед \
        мой моя слишком очень хорошо отлично два три первый первого другой другая он хочет она \
        они был было идет между все всё всегда никогда здесь там наш цвет ключ комната комнате \
        потерял перезвонить позвонить сломан холодно марта апреля июня большое спасибо можете \
        какой остался
        """,
        "uk": """
        доброго ранку добрий день вечір вечора сьогодні завтра зараз відкрито відчинено працюєте \
        зачинено ціна ціни коштує коштують вартість оплатити оплата карткою готівкою замовлення \
        доставка доставляєте магазин записатися запис тиждень місяць години знижка повернути \
        повернення допомога побачення понеділок вівторок середа четвер п'ятниця субота суботу \
        неділя наявності прийшло купити оренда ремонт розмір знаходитесь хочу велосипед моє дуже \
        занадто добре чудово два три перший першого інший він хоче вона вони був було йде між \
        усе все завжди ніколи тут там наш колір ключ кімната кімнаті загубив передзвонити \
        подзвонити зламаний холодно березня квітня червня щиро дякую можете який залишився
        """,
        "tr": """
        günaydın iyi günler akşamlar geceler bugün yarın şimdi açık açılıyor kapalı fiyat fiyatı \
        fiyatlar kaça ücret ödeme ödeyebilir ödemek kart kartla nakit sipariş siparişim teslimat \
        kargo mağaza dükkan rezervasyon randevu gün hafta ay saat saatleri indirim indirimi iade \
        yardım görüşürüz hoşça pazartesi salı çarşamba perşembe cuma cumartesi pazar mevcut hâlâ \
        geldi gelmedi almak kiralamak tamir beden neredesiniz miyim etmek tamam köpek bisiklet \
        iki üç ilk başka çok o istiyor istiyoruz oldu oldum gidiyor arasında her hep hiç burada \
        orada bizim süper pahalı ucuz anahtar anahtarımı renk oda kahvaltı dahil aramak arar \
        ocak şubat mart nisan mayıs haziran temmuz tane nereye edebilir misin musun lazım evet
        """,
        "id": """
        selamat pagi siang sore malam hari besok sekarang buka tutup harga harganya biaya bayar \
        pembayaran kartu tunai pesan pesanan antar kirim pengiriman toko booking minggu bulan \
        jadwal diskon kembalikan pengembalian bantuan sampai jumpa senin selasa rabu kamis jumat \
        sabtu tersedia masih belum tiba beli sewa perbaiki ukuran lokasi lokasinya alamat boleh \
        bawa pakai kak min banyak sepeda anjing saya berapa dua tiga pertama lain baik sangat \
        dia orang telah pergi antara semua selalu tidak pernah di sini sana oke siap mahal murah \
        kunci warna kamar kamarnya termasuk telepon hilang rusak terlalu tanggal satu makan \
        sarapan januari februari maret mei juni juli agustus makasih ya mohon bukan sedang lagi
        """,
        "vi": """
        buổi sáng chiều tối hôm nay mai bây mở đóng cửa giá tiền bao nhiêu trả thanh toán thẻ \
        mặt đơn hàng giao shop đặt lịch hẹn tuần tháng giảm đổi giúp tạm biệt nhé thứ hai ba tư \
        năm sáu bảy chủ nhật còn chưa mua thuê sửa cỡ vậy ơi mang theo chó xe một nhất khác tốt \
        lắm quá anh ấy cô muốn đi giữa tất cả luôn đây kia của chúng tôi được rồi đắt rẻ mất \
        chìa khóa màu phòng gồm gọi điện hỏng cái con người ăn uống trước sau
        """,
        "sv": """
        god morgon dag kväll natt hej hejsan idag imorgon nu öppet öppna öppnar stängt stänger \
        pris priser kostar betala betalning kort kontant beställning beställa leverans levererar \
        butik boka bokning tid vecka månad öppettider rabatt lämna tillbaka retur hjälp hejdå \
        måndag tisdag onsdag torsdag fredag lördag söndag tillgänglig fortfarande kommit köpa \
        hyra laga storlek ligger får mycket ses cykel hund tack snälla två tre första annan \
        annat bra han hon vill gick går sedan mellan allt alla alltid aldrig här där vår våra \
        okej dyrt billigt nyckel färg rum rummet ingår ringa tappat trasigt januari februari \
        mars april maj juni juli augusti blev upp mig låter kvar så
        """,
        "ro": """
        bună ziua dimineața seara azi astăzi mâine acum deschis deschise deschideți închis \
        închideți preț preţ prețul costă plăti plată plata cardul cash numerar comanda comandă \
        livrare livrări magazin rezervare programare săptămână săptămâna lună ore program \
        reducere returnez retur ajutor revedere luni marți miercuri joi vineri sâmbătă duminică \
        disponibil încă ajuns cumpăra închiria repara mărime sunteți aveți faceți puteți câinele \
        bicicleta mea două doi trei primul prima alt altă bine foarte el vrea vor era erau merge \
        între tot toate mereu niciodată aici acolo nostru perfect scump ieftin cheia cheie \
        culoare camera inclus suna pierdut stricat stricată ianuarie februarie martie aprilie \
        mai iunie iulie prea mult mulțumesc mă mi-am să nu
        """,
        "el": "καλημέρα καλησπέρα σήμερα αύριο τιμή ανοιχτά κλειστά",
    ]

    /// Beginnings and ends of longer words that tell a language: `^` marks a beginning.
    static let pieces: [String: String] = [
        "en": "ing ness ould ight ^wh ^th ough ck ed",
        "es": "ción ciones mente ado ada ados iendo ando eis áis ^desc ^ll",
        "pt": "ção ções mente ão ões agem inho inha ado ada ^lh ^nh amos",
        "fr": "tion eux euse ement ais ait eau aux ille ette ez eur oir é ée",
        "de": "ung keit heit lich isch sch ^ge ^ver ^be ^zurück tig tz pf",
        "it": "zione zioni mente etto etta ere gli cci ggi zza",
        "nl": "ijk ij aar eld tje pje gen ^ge ^ver oe ui eeuw aat ood uur",
        "pl": "cie ście ość ych ego emu sz cz rz ować ają ami ów ^prz ^szcz",
        "tr": "lar ler siniz sınız sunuz sünüz iniz ınız yor dir dır mak mek lik lık im ım um üm",
        "id": "kan nya ^meng ^mem ^ber ang",
        "sv": "ade ning arna erna het ^för ligt",
        "ro": "ului elor ați eți iți ească ție uri ești",
        "vi": "nh ng ch",
    ]
}
