# ruff: noqa: RUF001 - they are the letters of their languages
"""Words that stand in nearly every text of a language: they tell which one it is, and nothing else.

Where such a word is rare in a knowledge base, its idf could not tell. The names of the languages
are those of the Snowball stemmers.
"""

_WORDS = {
    "english": """
        a about also am an and any are as at be because been but by can could did do does doing
        done for from had has have having he her hers him his how i if in into is it its itself
        just me my of on or our ours out over own s she should so some such t than that the their
        theirs them then there these they this those through to too under until up us very was we
        were what when where which while who whom why will with would you your yours
    """,
    "german": """
        aber als am an auch auf aus bei bin bis das dass dem den der des die diese diesem diesen
        dieser dieses doch du durch ein eine einem einen einer eines er es für hat haben hatte ich
        ihr ihre im in ist ja kann können man mein mich mir mit muss müssen nach nicht noch nur ob
        oder ohne sein seine sich sie sind so über um und uns unter vom von vor war warum was
        welche welcher welches wenn wer werden wie wir wird wo zu zum zur
    """,
    "french": """
        a à au aux avec c ce ces cet cette ceux comme comment d dans de des dont du elle elles en
        est et être eux il ils j je l la le les leur leurs lui m ma mais me mes mon n ne nos notre
        nous on ont ou où par pas pour pourquoi qu quand que quel quelle quels quelles qui quoi s
        sa sans se ses si son sont sur ta te tes toi ton tu un une vos votre vous y
    """,
    "spanish": """
        a al algo como cómo con cual cuál cuando cuándo de del donde dónde e el él ella ellas
        ellos en entre era es esa ese eso esta está están este esto estos fue ha han hasta hay la
        las le les lo los más me mi mis mucho muy no nos nosotros o os para pero por porque qué
        que quien quién se ser si sí sin sobre son su sus también te tiene tu un una unas uno unos
        y ya yo
    """,
    "italian": """
        a ad agli ai al alla alle allo anche c che chi ci come con cosa cui d da dagli dai dal
        dalla dalle degli dei del dell della delle dello di dove e è ed era fra gli ha hanno i il
        in io l la le lei li lo loro lui ma mi mia mio ne negli nei nel nella nelle no noi non
        nostro o per perché più quale quali quando quello questa queste questi questo se sei si
        sia sono su sua sul sulla suo tra tu tutti un una uno vi voi
    """,
    "portuguese": """
        a ao aos as às até com como da das de dela dele do dos e é ela elas ele eles em entre era
        essa esse esta está este eu foi há isso isto já lhe lhes mais mas me mesmo meu minha muito
        na não nas nem no nos nós num numa o onde os ou para pela pelas pelo pelos por porque qual
        quando que quem são se sem ser seu sua suas seus só sobre também te tem têm tu um uma você
    """,
    "dutch": """
        aan al als altijd andere ben bij dan dat de deze die dit doch doen door dus een en er ge
        geen haar had hebben heb heeft hem het hier hij hoe hun ik in is ja je kan kunnen maar me
        meer men met mij mijn moet na naar niet nog nu of om omdat ons ook op over te tegen toch
        tot u uit uw van veel voor waar waarom want waren was wat we wel welke werd wie wij wil
        worden wordt zal ze zich zij zijn zo zonder zou
    """,
    "swedish": """
        alla allt att av blev bli blir de dem den denna deras dess det detta dig din dina du där
        då efter ej eller en er ett från för ha hade han hans har henne hennes hon honom hur här i
        icke inte jag kan kunde man med mellan men mig min mina mot mycket ni nu när någon något
        några och om oss på samma sedan sig sin sina ska skulle som så till under upp ut utan vad
        var varför vara vem vi vid vilka vilken vilket är över
    """,
    "danish": """
        af alle at blev bliver da de dem den denne der deres det dette dig din disse dog du efter
        eller en end er et for fra ham han hans har havde hende her hos hun hvad hvilken hvis hvor
        hvordan hvorfor i ikke jeg jo kan kunne man mange med meget men mig min mod ned noget
        nogle nu når og også om op os over på selv sig sin skal skulle som sådan thi til ud under
        var ved vi vil ville være været
    """,
    "norwegian": """
        alle at av bare ble blei bli blir da de deg dei dem den denne der dere deres det dette di
        din disse du eg ein eit eller en enn er et etter for fordi fra før ha hadde han hans har
        henne her hun hva hvem hver hvilken hvor hvordan hvorfor i ikke inn ja jeg kan kunne man
        mange med meg meget men mer mellom min mot må ned noe noen nå når og også om opp oss over
        på seg selv si sin skal skulle som så til ut uten var ved vi vil ville være vært
    """,
    "finnish": """
        ei eivät emme en et että hän he ja jo joka jos jossa jotka kanssa kuin kuinka kun me mihin
        mikä miksi milloin minä missä mitä mukaan mutta myös ne niin nyt olen oli olla on ovat se
        sekä sen siitä sinä sitä tai tämä tämän te vaan vai vain voi
    """,
    "polish": """
        a aby ale bez bo być był była było były co czy dla do gdy gdzie go i ich im ja jak jako je
        jego jej jest jeszcze już kto która które który lub ma mnie może można na nad nie niż o od
        oraz po pod przed przez przy są się tak także tam te tego tej ten to tu tym tylko w we z
        za ze że
    """,
    "czech": """
        a aby ale ani až bez být by byl byla bylo co či do i jak jako je jeho její jejich jen
        ještě již jsem jsou k kde kdo kdy který která které mezi na nad ne nebo než o od po pod
        podle pro proč protože před při s se si tak také ten tento to tu u už v ve však z za ze že
    """,
    "romanian": """
        a acest această aceste acestea al ale am ar are asupra atunci au ca care când ce cea cel
        cele cine cu cum că da dacă de deci din după ea ei el este eu fi fie fost iar în într la
        le lui mai mult nu o or pe pentru poate prin sa sau se si și sunt să un una unde unei unui
        va vă
    """,
    "hungarian": """
        a abban ahogy ahol aki akkor ami amely az azok azt be csak de e egy egyik el és ez ezek
        ezt fel ha hanem hogy hogyan i ide ill is itt ki kell kellett lehet lesz mert meg mely mi
        miért mikor milyen minden mint nagyon ne nem ő ők olyan s se sem szerint talán van vagy
        volt
    """,
    "turkish": """
        acaba ama ancak bazı ben bir biri biz bu bunu bunun çok da daha de değil diye en gibi hem
        hep hepsi her hiç için ile ise kadar ki kim mı mi mu mü nasıl ne neden nedir nerede niye o
        olan olarak sen siz şey şu ve veya ya yani
    """,
    "russian": """
        а без более бы был была были было быть в вам вас весь во вот все вы где да для до его ее
        если есть еще же за и из или им их к как какой когда кто ли мне может можно мы на над не
        него нет но о об он она они от по под почему при с со так такой там то того только тот у
        уже чем что чтобы эта эти это этот я
    """,
}

STOP_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split()) for language, words in _WORDS.items()
}
