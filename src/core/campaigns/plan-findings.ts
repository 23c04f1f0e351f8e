import type { PlanFindings } from './plan-checks.ts';

export interface FindingsCollector {
  addMissing(customerId: string, variables: readonly string[]): void;
  addMail(customerId: string, size: { html: number; message: number; hasDeadLink: boolean }): void;
  finish(): PlanFindings;
}

const NAMED = 5;

/** Collects what the checks want to know of everyone, in memory that does not grow with them. */
export function createFindings(): FindingsCollector {
  const missingVariables = new Set<string>();
  const missingFor: string[] = [];
  const deadLinkFor: string[] = [];
  let deadLinks = 0;
  let largest = { html: 0, message: 0, customer_id: '' };
  return {
    addMissing(customerId, variables) {
      for (const name of variables) missingVariables.add(name);
      if (missingFor.length < NAMED) missingFor.push(customerId);
    },
    addMail(customerId, { html, message, hasDeadLink }) {
      if (html > largest.html || message > largest.message) {
        largest = {
          html: Math.max(html, largest.html),
          message: Math.max(message, largest.message),
          customer_id: html > largest.html ? customerId : largest.customer_id,
        };
      }
      if (!hasDeadLink) return;
      deadLinks += 1;
      if (deadLinkFor.length < NAMED) deadLinkFor.push(customerId);
    },
    finish: () => ({
      missingVariables: [...missingVariables].sort(),
      missingFor,
      largest,
      deadLinks,
      deadLinkFor,
    }),
  };
}
