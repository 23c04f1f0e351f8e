import type { FieldSpec } from '../csv/map-columns.ts';

/** The fields of a booking export, with how their headers are spelt in English, Dutch, German, French and Spanish. */
export const bookingFields: readonly FieldSpec[] = [
  {
    name: 'booking_reference',
    required: true,
    spellings: [
      ...[
        'booking id',
        'booking number',
        'booking no',
        'booking',
        'reference',
        'reservation',
        'reservation id',
      ],
      ...['reservation number', 'confirmation number', 'order id', 'order number', 'booking code', 'pnr'],
      ...['boekingsnummer', 'boekingsreferentie', 'reserveringsnummer', 'boeking', 'bestelnummer'],
      ...['buchungsnummer', 'buchungsreferenz', 'reservierungsnummer', 'buchung', 'bestellnummer'],
      ...[
        'numéro de réservation',
        'référence',
        'réservation',
        'référence de réservation',
        'numéro de commande',
      ],
      ...[
        'número de reserva',
        'referencia',
        'reserva',
        'localizador',
        'referencia de reserva',
        'número de pedido',
      ],
    ],
  },
  {
    name: 'customer_id',
    spellings: [
      ...['customer number', 'client id', 'guest id', 'user id', 'member id', 'account id'],
      ...[
        'klantnummer',
        'klant id',
        'kundennummer',
        'kunden id',
        'numéro client',
        'id client',
        'id cliente',
        'número de cliente',
      ],
    ],
  },
  {
    name: 'email',
    spellings: [
      ...[
        'e-mail',
        'email address',
        'e-mail address',
        'mail',
        'guest email',
        'customer email',
        'booker email',
        'friend email',
      ],
      ...[
        'e-mailadres',
        'emailadres',
        'e-mail-adresse',
        'adresse e-mail',
        'adresse mail',
        'courriel',
        'correo',
        'correo electrónico',
      ],
    ],
  },
  {
    name: 'code',
    spellings: [
      ...[
        'referral code',
        'promo code',
        'promotion code',
        'coupon',
        'coupon code',
        'voucher',
        'voucher code',
        'discount code',
      ],
      ...['kortingscode', 'actiecode', 'verwijscode', 'gutscheincode', 'empfehlungscode', 'aktionscode'],
      ...['code promo', 'code de parrainage', 'código', 'código promocional', 'código de referido'],
    ],
  },
  {
    name: 'amount',
    spellings: [
      ...[
        'total',
        'total amount',
        'total price',
        'price',
        'booking amount',
        'booking value',
        'value',
        'revenue',
        'gross amount',
      ],
      ...[
        'bedrag',
        'totaalbedrag',
        'prijs',
        'betrag',
        'gesamtbetrag',
        'gesamtpreis',
        'preis',
        'montant',
        'prix',
        'importe',
        'precio',
      ],
    ],
  },
  {
    name: 'currency',
    spellings: ['currency code', 'valuta', 'munteenheid', 'währung', 'devise', 'moneda', 'divisa'],
  },
  {
    name: 'status',
    spellings: [
      'booking status',
      'reservation status',
      'boekingsstatus',
      'buchungsstatus',
      'statut',
      'état',
      'estado',
    ],
  },
  {
    name: 'refunded_amount',
    spellings: [
      ...['refund', 'refund amount', 'amount refunded', 'terugbetaald bedrag', 'erstattung'],
      ...[
        'erstattungsbetrag',
        'erstatteter betrag',
        'remboursement',
        'montant remboursé',
        'reembolso',
        'importe reembolsado',
      ],
    ],
  },
  {
    name: 'booked_at',
    spellings: [
      ...[
        'booking date',
        'book date',
        'booked on',
        'date booked',
        'reservation date',
        'created at',
        'order date',
      ],
      ...[
        'boekingsdatum',
        'geboekt op',
        'buchungsdatum',
        'gebucht am',
        'date de réservation',
        'fecha de reserva',
      ],
    ],
  },
  {
    name: 'completed_at',
    spellings: [
      ...[
        'completed on',
        'completion date',
        'checkout date',
        'check-out date',
        'departure date',
        'check-out',
      ],
      ...[
        'vertrekdatum',
        'afgerond op',
        'abreisedatum',
        'abgeschlossen am',
        'date de départ',
        'fecha de salida',
      ],
    ],
  },
  {
    name: 'cancelled_at',
    spellings: [
      ...[
        'canceled at',
        'cancelled on',
        'canceled on',
        'cancellation date',
        'annuleringsdatum',
        'geannuleerd op',
      ],
      ...['stornierungsdatum', 'storniert am', "date d'annulation", 'fecha de cancelación'],
    ],
  },
  {
    name: 'updated_at',
    spellings: [
      ...['last updated', 'modified at', 'last modified', 'changed at', 'reservation status date'],
      ...[
        'gewijzigd op',
        'bijgewerkt op',
        'geändert am',
        'aktualisiert am',
        'modifié le',
        'actualizado',
        'modificado',
      ],
    ],
  },
];

/** The fields that are dates. */
export const bookingDates: readonly string[] = ['booked_at', 'completed_at', 'cancelled_at', 'updated_at'];
