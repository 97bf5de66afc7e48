/**
 * Words that common passwords consist of, collected from general knowledge: words, names, runs and phrases at the top of
 * every list of leaked passwords. With the variants that `isCommonPassword` recognises (digits around them, digits for
 * letters, repetition) they cover several hundred thousand passwords. Folded, separated by white space.
 */
export const COMMON_WORDS = `
  password passwort passwd passw0rd pass pass1234 passwords passphrase secret secrets secret1 geheim geheimnis
  parola parol senha senha123 contrasena contraseña clave motdepasse wachtwoord lozinka haslo heslo salasana
  losenord lösenord kennwort jelszo sifre şifre mima letmein letmeinnow welcome welcome1 welcome123 willkommen
  bienvenue bienvenido benvenuto changeme changeit changemenow newpassword oldpassword mypassword yourpassword
  nopassword thepassword defaultpassword default temppass temppassword temporary temp test tester testing test123
  test1234 testtest guest demo sample example user username login logon signin admin administrator adminadmin
  admin123 admin1234 root toor rootroot superuser supervisor manager sysadmin system server operator oracle mysql
  postgres database backup support helpdesk service office company internet network wifi router cisco linux ubuntu
  debian windows microsoft apple google facebook twitter instagram youtube amazon netflix paypal yahoo hotmail
  gmail outlook linkedin myspace skype whatsapp telegram discord github gitlab docker qwerty qwerty1 qwerty12
  qwerty123 qwertyu qwertyui qwertyuiop qwertz qwertzuiop azerty azertyuiop qazwsx qazwsxedc zaq12wsx zaq1zaq1
  1qaz2wsx 1q2w3e 1q2w3e4r 1q2w3e4r5t q1w2e3r4 q1w2e3 asdf asdfg asdfgh asdfghj asdfghjk asdfghjkl asdfasdf
  asdf1234 asd123 zxcv zxcvb zxcvbn zxcvbnm zxcvbnm123 qweasd qweasdzxc qwe123 qwerasdf qweqwe asdasd zxczxc
  poiuytrewq lkjhgfdsa mnbvcxz abcd abcd1234 abc123 abcabc abcdef abcdefg abcdefgh a1b2c3 a1b2c3d4 a123456
  aa123456 aaa111 abc12345 1a2b3c 123abc 123qwe 123qweasd 12qwaszx qwaszx 123456 1234567 12345678 123456789
  1234567890 12345 1234 111111 000000 123123 654321 666666 696969 112233 121212 123321 555555 777777 888888 999999
  222222 333333 444444 101010 131313 159753 147258 147258369 159357 987654 987654321 0987654321 11111111 00000000
  88888888 123123123 12341234 11223344 1122334455 102030 010203 252525 232323 789456 456789 789456123 741852963
  963852741 147852 142536 999999999 1111111111 123654 321321 456456 246810 13579 24680 314159 271828 11235813
  007007 1029384756 5201314 7758521 520520 1314520 woaini woaini1314 iloveyou iloveyou1 iloveyou2 iloveu iloveme
  ilovegod ilovejesus loveyou loveme lovely love lover lovers lovelove mylove truelove sweetheart sweetie sweety
  sweet darling honey honeybee babygirl babyboy baby babe cutie cutiepie princess prince queen king angel angels
  angela beautiful beauty pretty sexy sexygirl hottie kissme kisses kiss heart hearts forever together always
  friend friends friendship bestfriend family mother father mommy daddy mama papa sister brother daughter grandma
  children dragon dragons monkey monkeys tiger tigers lion lions eagle eagles falcon falcons bear bears wolf
  wolves panther panthers jaguar cheetah leopard elephant giraffe zebra horse horses pony unicorn rabbit bunny
  hamster puppy puppies kitty kitten kittens kittycat doggie doggy dolphin dolphins shark whale turtle frog froggy
  snake spider spiderman butterfly ladybug bumblebee chicken rooster turkey penguin panda koala gorilla cougar
  bulldog bulldogs beagle poodle husky rottweiler doberman mustang mustangs bronco broncos stallion scorpion
  phoenix cobra viper raven ravens crow hawk hawks buffalo bull bulls football footbal soccer baseball basketball
  hockey tennis golf golfer cricket rugby boxing wrestling swimming running cycling skating skateboard snowboard
  surfing fishing hunting racing nascar yankees cowboys steelers packers patriots redsox lakers celtics chelsea
  arsenal liverpool liverpoolfc manchester manutd manunited barcelona realmadrid juventus milan intermilan bayern
  dortmund schalke hsv galatasaray fenerbahce besiktas spartak zenit dynamo ronaldo messi neymar beckham rooney
  jordan jordan23 kobe lebron tigerwoods champion champions winner winners victory number1 numberone goal team
  player michael michelle michel jennifer jessica jessie ashley amanda daniel daniela danielle david robert thomas
  charles charlie andrew andrea joshua matthew anthony william james jamie john johnny jonathan joseph justin
  jason brandon brian bryan ryan kevin kelly kimberly nicole nicholas nicolas natalie natasha nathan patrick
  patricia rebecca rachel richard ronald samantha samuel sarah scott sophie sophia stephanie stephen steven stefan
  susan taylor tiffany timothy tyler vanessa veronica victoria vincent alexander alexandra alexis alice alicia
  alison amy anna annie antonio arthur austin barbara benjamin bonnie bradley brenda bridget britney brittany
  brooklyn caroline carolina cassie catherine chelsey christian christina christine christopher claudia corey
  courtney crystal cynthia dakota dallas dennis derek diamond diana dominic donald dorothy douglas dustin dylan
  edward elizabeth emily emma eric erica ethan evan felix fernando florence francesco francis frank gabriel
  gabriela george gerald ginger gloria gregory hannah harley harold harry heather helen henry isabel isabella jack
  jackson jacob jake jasmine jasper jeffrey jeremy jerry joanna jose juan julia julian julie justine karen karina
  katherine kathleen katie keith kenneth kristen kristina laura lauren leonard leonardo linda lindsay lisa logan
  louise lucas lucky lucy luis madison marcus margaret maria marie marina mario marissa mark martha martin martina
  mary mason maurice maxwell megan melanie melissa mercedes miguel mike miranda molly monica monika morgan nancy
  natalia nelson norman oliver olivia oscar pamela paul paula peter philip phillip phoebe rafael raymond ricardo
  robin rodriguez roger ronnie rosemary roxanne russell sabrina sally sammy sandra sandy savannah sebastian
  shannon sharon shawn sheila shelby sierra simon simone stella sydney sylvia teresa theodore theresa tony travis
  trevor valentina valerie victor virginia walter wendy wesley whitney willie xavier yvonne zachary alejandro
  andres angelica carlos cristina diego eduardo esteban gustavo javier jesus jorge lorena manuel mariana marisol
  pablo pedro rosita sergio santiago valeria hans heinz jurgen jürgen klaus markus matthias michaela sabine steffi
  stefanie susanne tobias torsten ursula wolfgang anastasia andrey alexey aleksandr dmitry ekaterina evgeny igor
  irina ivan katya ludmila maxim mikhail natalya nikita nikolay oksana oleg olga pavel roman ruslan sergey
  svetlana tatiana tatyana vladimir vladislav yulia mehmet mustafa ahmet fatma ayse muhammad mohammed mohamed
  ahmed ali fatima hassan hussein ibrahim khalid omar abdullah allah bismillah akash anjali deepak ganesh krishna
  lakshmi priya rahul rajesh sachin sanjay shiva suresh vishal takeshi sakura yamato naruto summer winter spring
  autumn sommer herbst fruhling frühling sunshine sunny sunset sunrise sunflower rainbow rainbows thunder
  lightning storm stormy snow snowball snowflake snowman rain cloud clouds ocean river mountain forest flower
  flowers rose roses blossom daisy lily tulip cherry strawberry apples banana orange peach lemon lemonade melon
  pumpkin peanut cookie cookies cupcake chocolate candy caramel vanilla cinnamon pepper peppers pickle pickles
  cheese pizza burger coffee espresso whiskey vodka tequila guinness budweiser heineken corona beer monday tuesday
  wednesday thursday friday saturday sunday january february march april june july august september october
  november december januar februar märz maerz juni juli oktober dezember montag freitag sonntag christmas
  weihnachten halloween easter birthday newyear holiday vacation superman batman ironman wolverine hulk captain
  avengers deadpool joker catwoman superstar supergirl starwars startrek skywalker lukeskywalker darthvader yoda
  jedi chewbacca princessleia stargate matrix trinity morpheus neo terminator predator alien xfiles godzilla
  gandalf frodo bilbo legolas aragorn hobbit mordor harrypotter hogwarts gryffindor slytherin dumbledore voldemort
  hermione narnia merlin arthas excalibur camelot lancelot pokemon pikachu charizard mewtwo digimon dragonball
  dragonballz goku vegeta sasuke sonic supermario nintendo playstation xbox xbox360 zelda minecraft fortnite
  roblox warcraft worldofwarcraft starcraft diablo counterstrike counter halflife doom quake callofduty
  battlefield assassin assassins gta hitman sniper killer killers ninja samurai pirate pirates warrior warriors
  knight knights soldier hunter hunter1 ranger rangers shadow shadows ghost phantom demon devil lucifer satan hell
  heaven paradise destiny destiny1 fantasy finalfantasy mystery magic magical wizard witch vampire zombie zombies
  skull metallica slipknot nirvana acdc ironmaiden megadeth pantera slayer rammstein greenday blink182 linkinpark
  evanescence eminem tupac snoopdogg rihanna beyonce shakira madonna michaeljackson elvis beatles rollingstones
  pinkfloyd ledzeppelin queenband rockstar rocknroll rock music musica guitar guitarra drummer piano violin
  trumpet singer dancer dancing dance hiphop reggae bobmarley marley ferrari porsche mercedesbenz bmw audi
  volkswagen toyota honda nissan mazda subaru corvette camaro chevrolet chevy ford lamborghini maserati bugatti
  yamaha suzuki kawasaki ducati harleydavidson nokia samsung motorola blackberry iphone android sony panasonic
  toshiba dell lenovo thinkpad macintosh macbook pentium america american australia austria brasil brazil canada
  china england english france french germany deutschland greece india indian indonesia ireland irish israel
  italia italy japan mexico nigeria pakistan philippines poland polska portugal romania russia scotland spain
  espana sweden turkiye ukraine texas florida california colorado arizona alaska hawaii newyork chicago boston
  dallas1 houston denver detroit miami orlando atlanta seattle phoenix1 vegas lasvegas london paris berlin hamburg
  munich muenchen frankfurt koeln wien zurich madrid roma lisboa istanbul ankara moscow moskva kiev tokyo sydney1
  melbourne toronto montreal vancouver master master1 mastermind maverick access access14 trustno1 trustme
  whatever whatever1 nothing something anything everything everyone nobody somebody hello hello1 hello123
  hellohello hallo hallo123 hola bonjour ciao hey hiya goodbye goodluck thankyou please sorry hahaha lol lollol
  lmao omg wtf fuck fucker fuckme fuckoff fuckyou fuckyou1 fucking shit bullshit asshole bitch bitches bastard
  damn crap dick dickhead penis pussy boobs tits sex sexsex porn naked horny gay lesbian whore slut blowjob
  cumshot freedom liberty justice peace peaceful hope faith trust grace blessed blessing blessings believe
  believer jesuschrist christ church bible prayer praise amen lord godisgood godislove buddha karma zen namaste
  spirit soul spiritual mariah messiah gospel computer computers laptop desktop keyboard monitor mouse printer
  scanner program programmer software hardware hacker hackers hacking hacked cracker developer engineer matrix1
  cyber cyberpunk digital electronic electric electricity robot robots android1 terminal console control
  controller money dollar dollars million millionaire billionaire rich cash gold golden silver platinum bronze
  diamond1 diamonds ruby emerald sapphire crystal1 pearl jewel treasure lucky1 lucky7 lucky13 jackpot poker casino
  blackjack gambler winner1 success successful business marketing red blue green yellow orange1 purple pink black
  white brown grey gray silver1 scarlet crimson violet indigo turquoise blackcat blackdog blackjack1 bluebird
  bluesky redhead redneck redrose greenday1 whitetiger pinky purple1 blue123 red123 green123 student students
  teacher school college university highschool class2020 science physics chemistry biology mathematics history
  geography english1 spanish1 lawyer doctor nurse police fireman firefighter army navy marine marines airforce
  soldier1 sailor pilot captain1 general colonel major sergeant cool coolio cooler coolguy coolgirl awesome
  amazing perfect special super superb fantastic wonderful excellent great good better best happy happiness smile
  smiley funny crazy insane loser stupid idiot dumbass lazy sleepy hungry sunshine1 precious lovely1
  gorgeous handsome garfield snoopy scooby scoobydoo tweety tigger winnie winniepooh mickey mickeymouse minnie
  donald1 donaldduck goofy pluto bambi dumbo nemo simba pumbaa shrek spongebob patrick1 barbie hellokitty
  snowwhite cinderella tinkerbell pocahontas homer bart bartman simpson simpsons southpark cartman kenny futurama
  bender family1 flash1 biteme blahblah blah blabla blink bubba bubbles buster butthead cameron camera camping
  cannabis marijuana weed smoke smokey smoking cowboy cowgirl denied dirty dreamer dreams enter eternity explorer
  express extreme flipper forever1 freddy freak galaxy gateway genesis genius giants goldfish gizmo gunner hammer
  hardcore homerun hotdog hotrod hotshot iceman icecream infinity jaguars jessica1 junior kangaroo lakers1 legend
  legends lollipop lonely maddog maggie marlboro marshall meatball miller mission mittens mohawk monster monsters
  moonlight moon munchkin napoleon newlife nirvana1 oblivion offspring online orange12 outlaw pacific passion
  peaches pebbles pepsi cocacola coca-cola pimpin playboy player1 popcorn power powers private pumpkin1 pookie
  punkrock pyramid rebel rebels reddog redwings remember rocket rockets rocky rosebud runner saturn scooter
  september1 seven shalom sharky sherlock shooter skippy skyline slipknot1 smith smokey1 snickers sniffing soccer1
  sparky speedy spitfire squirrel stalker starlight stars star steelers1 sterling strong sugar sunday1 superman1
  surfer survivor swordfish teddy teddybear tequila1 therock thunder1 timber titanic tomcat toyota1 trooper tucker
  turbo universe vampire1 venus voyager warlock warriors1 webmaster westside wildcat wildcats wildfire willow
  windsurf wisdom wrangler xanadu yellow1 yankee zeppelin zigzag zodiac zorro correcthorsebatterystaple
  thisismypassword thisisapassword thisisnotapassword passwordispassword mypasswordispassword iforgotmypassword
  ihatepasswords ihateyou ihatethis youarewelcome opensesame abracadabra hocuspocus supercalifragilistic
  tobeornottobe maytheforcebewithyou inthebeginning onceuponatime loremipsum thequickbrownfox neveragain
  letmeinplease letmein123 passwordpassword administrator1 administratoradmin qwertyqwerty loveloverlove
  iloveyousomuch iloveyouforever ilovemyself ilovemymom ilovemydad ilovemyfamily ilovemychildren ilovemydog
  ilovemycat mydogsname mynameis whatismypassword whatsmypassword nopasswordneeded changethispassword
  pleasechangeme
`;
