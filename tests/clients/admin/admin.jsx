// react-admin with its own pages for two tables; nothing here knows aljibe, but for the address it talks to.
import postgrest from "@raphiniert/ra-data-postgrest";
import {
  Admin, BooleanField, BooleanInput, Create, Datagrid, DateField, DeleteButton, Edit, EditButton, fetchUtils, List, NumberField, NumberInput,
  ReferenceField, ReferenceInput, ReferenceManyField, required, Resource, SelectInput, SimpleForm, TextField, TextInput,
} from "react-admin";
import { createRoot } from "react-dom/client";

const dataProvider = postgrest({
  apiUrl: `${new URLSearchParams(window.location.search).get("server")}/rest/v1`,
  httpClient: fetchUtils.fetchJson,
  defaultListOp: "eq",
  primaryKeys: new Map(),
  schema: () => "public",
});

const category = (
  <ReferenceInput source="category_id" reference="categories" sort={{ field: "name", order: "ASC" }}>
    <SelectInput optionText="name" />
  </ReferenceInput>
);

const filters = [<TextInput key="title" source="title@ilike" label="Search" alwaysOn resettable />];

const Products = () => (
  <List filters={filters} perPage={10} sort={{ field: "id", order: "ASC" }}>
    <Datagrid rowClick={false} bulkActionButtons={false}>
      <TextField source="id" />
      <TextField source="asin" />
      <TextField source="title" />
      <NumberField source="price" options={{ minimumFractionDigits: 2 }} />
      <BooleanField source="best" />
      <DateField source="added" />
      <ReferenceField source="category_id" reference="categories">
        <TextField source="name" />
      </ReferenceField>
      <EditButton />
      <DeleteButton mutationMode="pessimistic" redirect={false} />
    </Datagrid>
  </List>
);

const productForm = (
  <SimpleForm>
    <TextInput source="asin" validate={required()} />
    <TextInput source="title" validate={required()} fullWidth />
    <NumberInput source="price" />
    <BooleanInput source="best" />
    {category}
  </SimpleForm>
);

const Categories = () => (
  <List>
    <Datagrid bulkActionButtons={false}>
      <TextField source="id" />
      <TextField source="name" />
      <EditButton />
    </Datagrid>
  </List>
);

const CategoryEdit = () => (
  <Edit mutationMode="pessimistic">
    <SimpleForm>
      <TextInput source="name" validate={required()} />
      <ReferenceManyField reference="products" target="category_id" label="Products" sort={{ field: "title", order: "ASC" }}>
        <Datagrid bulkActionButtons={false} rowClick={false}>
          <TextField source="title" />
          <NumberField source="price" />
        </Datagrid>
      </ReferenceManyField>
    </SimpleForm>
  </Edit>
);

const App = () => (
  <Admin dataProvider={dataProvider} title="Shop" disableTelemetry>
    <Resource
      name="products"
      list={Products}
      edit={<Edit mutationMode="pessimistic">{productForm}</Edit>}
      create={<Create redirect="list">{productForm}</Create>}
      recordRepresentation="title"
    />
    <Resource
      name="categories"
      list={Categories}
      edit={CategoryEdit}
      create={<Create redirect="list"><SimpleForm><TextInput source="name" validate={required()} /></SimpleForm></Create>}
      recordRepresentation="name"
    />
  </Admin>
);

createRoot(document.getElementById("root")).render(<App />);
