/*
 * Is a text a pain.001.001.09 message of the kind that we write? Written from the published message definition (ISO 20022,
 * CustomerCreditTransferInitiationV09): which elements, in which order, how often, and what their texts may be. It knows only the
 * elements that we use; anything else is reported as unknown.
 */

interface Element {
  readonly name: string;
  readonly attributes: string;
  readonly children: Element[];
  text: string;
}

type Occurs = '1' | '?' | '+';
type Content = RegExp | readonly (readonly [name: string, occurs: Occurs, type: string])[];

const MAX35 = /^[A-Za-z0-9/\-?:().,'+ ]{1,35}$/;
const NAME70 = /^[A-Za-z0-9/\-?:().,'+ ]{1,70}$/;

const TYPES: Readonly<Record<string, Content>> = {
  Document: [['CstmrCdtTrfInitn', '1', 'Initiation']],
  Initiation: [
    ['GrpHdr', '1', 'GroupHeader'],
    ['PmtInf', '+', 'Payment'],
  ],
  GroupHeader: [
    ['MsgId', '1', 'Max35'],
    ['CreDtTm', '1', 'DateTime'],
    ['NbOfTxs', '1', 'Count'],
    ['CtrlSum', '?', 'Decimal'],
    ['InitgPty', '1', 'Party'],
  ],
  Payment: [
    ['PmtInfId', '1', 'Max35'],
    ['PmtMtd', '1', 'Method'],
    ['NbOfTxs', '?', 'Count'],
    ['CtrlSum', '?', 'Decimal'],
    ['PmtTpInf', '?', 'PaymentType'],
    ['ReqdExctnDt', '1', 'DateChoice'],
    ['Dbtr', '1', 'Party'],
    ['DbtrAcct', '1', 'Account'],
    ['DbtrAgt', '1', 'Agent'],
    ['ChrgBr', '?', 'Charges'],
    ['CdtTrfTxInf', '+', 'Transfer'],
  ],
  PaymentType: [['SvcLvl', '1', 'ServiceLevel']],
  ServiceLevel: [['Cd', '1', 'ServiceCode']],
  DateChoice: [['Dt', '1', 'Date']],
  Party: [['Nm', '1', 'Name']],
  Account: [['Id', '1', 'AccountId']],
  AccountId: [['IBAN', '1', 'Iban']],
  Agent: [['FinInstnId', '1', 'Institution']],
  Institution: [
    ['BICFI', '?', 'Bic'],
    ['Othr', '?', 'Other'],
  ],
  Other: [['Id', '1', 'Max35']],
  Transfer: [
    ['PmtId', '1', 'PaymentId'],
    ['Amt', '1', 'AmountChoice'],
    ['CdtrAgt', '?', 'Agent'],
    ['Cdtr', '1', 'Party'],
    ['CdtrAcct', '1', 'Account'],
    ['RmtInf', '?', 'Remittance'],
  ],
  PaymentId: [['EndToEndId', '1', 'Max35']],
  AmountChoice: [['InstdAmt', '1', 'Amount']],
  Remittance: [['Ustrd', '1', 'Max140']],
  Max35: MAX35,
  Max140: /^[A-Za-z0-9/\-?:().,'+ ]{1,140}$/,
  Name: NAME70,
  DateTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  Date: /^\d{4}-\d\d-\d\d$/,
  Count: /^\d{1,15}$/,
  Decimal: /^\d{1,15}\.\d\d$/,
  Amount: /^\d{1,9}\.\d\d$/,
  Method: /^TRF$/,
  ServiceCode: /^SEPA$/,
  Charges: /^SLEV$/,
  Iban: /^[A-Z]{2}\d\d[A-Z0-9]{1,30}$/,
  Bic: /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/,
};

/** What is wrong with a message, each with its path; nothing when it is sound. Its counts and sums are added up too. */
export function checkPain001(xml: string): string[] {
  const document = parseXml(xml);
  const namespace = 'xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"';
  const problems =
    document.attributes === namespace ? [] : [`Document: attributes are ${document.attributes}`];
  checkElement(document, 'Document', 'Document', problems);
  const amounts = findAll(document, 'InstdAmt').map(({ text }) => BigInt(text.replace('.', '')));
  const sum = amounts.reduce((total, amount) => total + amount, 0n);
  for (const { text } of findAll(document, 'NbOfTxs'))
    if (Number(text) !== amounts.length) problems.push(`NbOfTxs: ${text}`);
  for (const { text } of findAll(document, 'CtrlSum'))
    if (BigInt(text.replace('.', '')) !== sum) problems.push(`CtrlSum: ${text}`);
  const ids = findAll(document, 'EndToEndId').map(({ text }) => text);
  if (new Set(ids).size !== ids.length) problems.push('EndToEndId: given twice');
  return problems;
}

/** All elements of a name, in order. */
export function findAll(element: Element, name: string): Element[] {
  return element.children.flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...findAll(child, name),
  ]);
}

function checkElement(element: Element, type: string, path: string, problems: string[]): void {
  const content = TYPES[type] ?? [];
  if (content instanceof RegExp) {
    if (element.children.length > 0 || !content.test(element.text))
      problems.push(`${path}: "${element.text}"`);
    const attributes = type === 'Amount' ? 'Ccy="EUR"' : '';
    if (element.attributes !== attributes) problems.push(`${path}: attributes are ${element.attributes}`);
    return;
  }
  if (element.text.trim() !== '') problems.push(`${path}: a text among elements`);
  const names = element.children.map(({ name }) => name);
  const expected = content.flatMap(([name, occurs]) => {
    const count = names.filter((other) => other === name).length;
    if (occurs === '?' ? count > 1 : count === 0 || (occurs === '1' && count > 1))
      problems.push(`${path}: ${count} × ${name}`);
    return Array.from({ length: count }, () => name);
  });
  if (names.join() !== expected.join()) problems.push(`${path}: has ${names.join()}`);
  for (const child of element.children) {
    const part = content.find(([name]) => name === child.name);
    if (part !== undefined) checkElement(child, part[2], `${path}/${child.name}`, problems);
  }
}

/** The root of a well-formed document of elements and texts; throws for anything else. */
export function parseXml(xml: string): Element {
  const root: Element = { name: '', attributes: '', children: [], text: '' };
  const open: Element[] = [root];
  const token = /<\?xml [^?]*\?>|<(\/?)([A-Za-z0-9]+)((?: [A-Za-z]+="[^"<]*")*)>|([^<>]+)/gy;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const match = token.exec(xml);
    if (match === null) throw new SyntaxError(`not well-formed at ${at}: ${xml.slice(at, at + 40)}`);
    const [, slash, name = '', attributes = '', text] = match;
    const parent = open.at(-1) ?? root;
    if (text !== undefined) {
      if (/&(?!amp;|lt;|gt;)/.test(text)) throw new SyntaxError(`a bare & in "${text}"`);
      parent.text += text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    } else if (slash === '/') {
      if (parent.name !== name) throw new SyntaxError(`</${name}> ends <${parent.name}>`);
      open.pop();
    } else if (name !== '') {
      const element: Element = { name, attributes: attributes.trim(), children: [], text: '' };
      parent.children.push(element);
      open.push(element);
    }
  }
  const [document] = root.children;
  if (document === undefined || open.length !== 1 || root.children.length !== 1)
    throw new SyntaxError('not one document');
  return document;
}
