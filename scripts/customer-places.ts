/** A country of the fictional customers: how people and cities are called there. */
export interface Place {
  readonly country: string;
  readonly locale: string;
  readonly timezone: string;
  /** The beginning of a telephone number. */
  readonly prefix: string;
  /** How many of the customers live there, as a weight. */
  readonly share: number;
  readonly first: readonly string[];
  readonly last: readonly string[];
  /** City and region. */
  readonly cities: readonly (readonly [string, string])[];
}

const words = (text: string) => text.split('|');

export const PLACES: readonly Place[] = [
  {
    country: 'NL',
    locale: 'nl-NL',
    timezone: 'Europe/Amsterdam',
    prefix: '+31 6',
    share: 26,
    first: words(
      'Sanne|Daan|Zoë|Jeroen|Femke|Thijs|Noëlle|Bram|Lotte|Ruben|Maaike|Sjoerd|Iris|Koen|Renée|Joost|Fleur|Wouter|Anouk|Gijs',
    ),
    last: words(
      'de Vries|van den Berg|Jansen|Bakker|van Dijk|Visser|Smit|de Boer|Mulder|ter Haar|Bos|Vos|van der Meer|Kuipers|Hoekstra|Brouwer|in ’t Veld|de Groot',
    ),
    cities: [
      ['Amsterdam', 'West'],
      ['Den Haag', 'West'],
      ['Utrecht', 'Central'],
      ['Groningen', 'North'],
      ['Eindhoven', 'South'],
      ['Maastricht', 'South'],
      ['Zwolle', 'East'],
      ['Leeuwarden', 'North'],
    ],
  },
  {
    country: 'DE',
    locale: 'de-DE',
    timezone: 'Europe/Berlin',
    prefix: '+49 151',
    share: 20,
    first: words(
      'Jürgen|Katharina|Björn|Sabine|Lukas|Annika|Günther|Ursula|Matthias|Käthe|Felix|Johanna|Sören|Greta|Moritz|Heike|Jörg|Lena',
    ),
    last: words(
      'Müller|Schäfer|Groß|Köhler|Weiß|Schröder|Krüger|von der Heide|Böhm|Lindner|Jäger|Vogt|Hofmann|Zimmermann|Fuchs|Kühn',
    ),
    cities: [
      ['Berlin', 'East'],
      ['Köln', 'West'],
      ['München', 'South'],
      ['Hamburg', 'North'],
      ['Düsseldorf', 'West'],
      ['Leipzig', 'East'],
      ['Nürnberg', 'South'],
      ['Frankfurt am Main', 'Central'],
    ],
  },
  {
    country: 'FR',
    locale: 'fr-FR',
    timezone: 'Europe/Paris',
    prefix: '+33 6',
    share: 14,
    first: words(
      'Chloé|François|Amélie|Jérôme|Zélie|Benoît|Hélène|Étienne|Margaux|Théo|Océane|Raphaël|Agnès|Loïc|Inès|Gaël',
    ),
    last: words(
      'Lefèvre|Moreau|Girard|d’Arcy|Bérenger|Chevalier|Dubois|Faure|de la Tour|Garnier|Leclerc|Noël|Perrin|Rousseau|Besançon',
    ),
    cities: [
      ['Paris', 'North'],
      ['Lyon', 'East'],
      ['Marseille', 'South'],
      ['Nantes', 'West'],
      ['Orléans', 'Central'],
      ['Besançon', 'East'],
      ['Nîmes', 'South'],
    ],
  },
  {
    country: 'ES',
    locale: 'es-ES',
    timezone: 'Europe/Madrid',
    prefix: '+34 600',
    share: 10,
    first: words(
      'Íñigo|Begoña|Álvaro|Lucía|Ramón|Marisol|Joaquín|Nuria|Andrés|Concepción|Héctor|Paloma|Rubén|Ángela',
    ),
    last: words(
      'García Muñoz|Fernández|López Peña|Martínez|Ibáñez|de la Cruz|Núñez|Ortega|Castaño|Sáez|Vázquez Roca|Cabañas',
    ),
    cities: [
      ['Madrid', 'Central'],
      ['Málaga', 'South'],
      ['Bilbao', 'North'],
      ['València', 'East'],
      ['A Coruña', 'West'],
      ['Cádiz', 'South'],
    ],
  },
  {
    country: 'GB',
    locale: 'en-GB',
    timezone: 'Europe/London',
    prefix: '+44 7700',
    share: 12,
    first: words(
      'Oliver|Harriet|Imogen|Callum|Beatrice|Rhys|Siân|Alistair|Gemma|Tobias|Poppy|Graham|Nerys|Ewan',
    ),
    last: words(
      'Ashworth|Baxter|Carmichael|Davies|Ellwood|Fairbairn|Hargreaves|Llewellyn|MacLeod|Pemberton|Sutcliffe|Whitfield',
    ),
    cities: [
      ['London', 'South'],
      ['Leeds', 'North'],
      ['Cardiff', 'West'],
      ['Norwich', 'East'],
      ['Birmingham', 'Central'],
      ['Edinburgh', 'North'],
    ],
  },
  {
    country: 'IE',
    locale: 'en-IE',
    timezone: 'Europe/Dublin',
    prefix: '+353 85',
    share: 4,
    first: words('Aoife|Cillian|Niamh|Pádraig|Siobhán|Éamon|Róisín|Tadhg'),
    last: words("O'Brien|Ó Súilleabháin|Byrne|Ní Dhomhnaill|Gallagher|Kavanagh|O'Rourke"),
    cities: [
      ['Dublin', 'East'],
      ['Cork', 'South'],
      ['Galway', 'West'],
      ['Sligo', 'North'],
    ],
  },
  {
    country: 'SE',
    locale: 'sv-SE',
    timezone: 'Europe/Stockholm',
    prefix: '+46 70',
    share: 6,
    first: words('Åsa|Björn|Märta|Gösta|Linnéa|Östen|Elsa|Håkan|Saga|Jonas'),
    last: words('Ångström|Sjöberg|Lindqvist|Öberg|Nordström|Håkansson|Ek|Åkesson|Lundgren'),
    cities: [
      ['Stockholm', 'East'],
      ['Göteborg', 'West'],
      ['Malmö', 'South'],
      ['Umeå', 'North'],
      ['Örebro', 'Central'],
    ],
  },
  {
    country: 'DK',
    locale: 'da-DK',
    timezone: 'Europe/Copenhagen',
    prefix: '+45 20',
    share: 4,
    first: words('Søren|Mette|Jørgen|Astrid|Rasmus|Kirsten|Øjvind|Freja'),
    last: words('Sørensen|Kjær|Mørk|Bøgh|Østergaard|Nygård|Holm'),
    cities: [
      ['København', 'East'],
      ['Aarhus', 'Central'],
      ['Ålborg', 'North'],
      ['Tønder', 'South'],
    ],
  },
  {
    country: 'PL',
    locale: 'pl-PL',
    timezone: 'Europe/Warsaw',
    prefix: '+48 500',
    share: 6,
    first: words('Łukasz|Małgorzata|Paweł|Agnieszka|Stanisław|Zofia|Michał|Wiesława|Kazimierz|Marta'),
    last: words('Wójcik|Kowalczyk|Dąbrowski|Zięba|Łoś|Szczęsny|Pawłowska|Nowak|Góra'),
    cities: [
      ['Kraków', 'South'],
      ['Łódź', 'Central'],
      ['Gdańsk', 'North'],
      ['Wrocław', 'West'],
      ['Białystok', 'East'],
    ],
  },
  {
    country: 'IT',
    locale: 'it-IT',
    timezone: 'Europe/Rome',
    prefix: '+39 340',
    share: 6,
    first: words('Niccolò|Giulia|Dalila|Ettore|Beatrice|Raffaele|Noemi|Elia|Lucrezia'),
    last: words('Rossetti|De Luca|Bianchi|D’Angelo|Fabbri|Martinelli|Còrdova|Sartori'),
    cities: [
      ['Milano', 'North'],
      ['Napoli', 'South'],
      ['Roma', 'Central'],
      ['Forlì', 'East'],
      ['Genova', 'West'],
    ],
  },
  {
    country: 'PT',
    locale: 'pt-PT',
    timezone: 'Europe/Lisbon',
    prefix: '+351 910',
    share: 5,
    first: words('João|Inês|Simão|Conceição|Tomé|Luísa|Estêvão|Mafalda'),
    last: words('Gonçalves|Magalhães|dos Santos|Simões|Brandão|Falcão|Araújo'),
    cities: [
      ['Lisboa', 'South'],
      ['Porto', 'North'],
      ['Évora', 'Central'],
      ['Bragança', 'East'],
    ],
  },
  {
    country: 'CZ',
    locale: 'cs-CZ',
    timezone: 'Europe/Prague',
    prefix: '+420 601',
    share: 3,
    first: words('Jiří|Šárka|Vojtěch|Žofie|Ondřej|Tereza|Zdeněk'),
    last: words('Dvořák|Černý|Procházková|Růžička|Němec|Hájková'),
    cities: [
      ['Praha', 'West'],
      ['Brno', 'South'],
      ['Ostrava', 'East'],
      ['Plzeň', 'West'],
    ],
  },
];
