/** Name of the migrated database that every PostgreSQL test database is cloned from. */
export const TEMPLATE = 'referral_template';
