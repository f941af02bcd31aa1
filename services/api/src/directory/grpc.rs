//! `kith.directory.v1.DirectoryService`.

use kith_proto::kith::directory::v1::directory_service_server::DirectoryService;
use kith_proto::kith::directory::v1::{
    AddFactRequest, AddFactResponse, CreatePersonRequest, CreatePersonResponse, ErasePersonRequest,
    ErasePersonResponse, GetPersonRequest, GetPersonResponse, ListAccessesRequest,
    ListAccessesResponse, ListDuplicatesRequest, ListDuplicatesResponse, ListEntriesRequest,
    ListEntriesResponse, ListPersonChangesRequest, ListPersonChangesResponse, ListPersonsRequest,
    ListPersonsResponse, MergePersonsRequest, MergePersonsResponse, RemoveFactRequest,
    RemoveFactResponse, SearchRequest, SearchResponse, UnmergePersonRequest, UnmergePersonResponse,
    UpdatePersonRequest, UpdatePersonResponse,
};

use super::{accesses, duplicates, erasure, facts, history, identity, persons, search, update};
use crate::Api;

/// The service.
pub struct Service(pub(crate) Api);

rpcs! {
    DirectoryService:
    create_person(CreatePersonRequest) -> CreatePersonResponse = persons::create;
    get_person(GetPersonRequest) -> GetPersonResponse = persons::get;
    list_persons(ListPersonsRequest) -> ListPersonsResponse = persons::list;
    list_accesses(ListAccessesRequest) -> ListAccessesResponse = accesses::list;
    search(SearchRequest) -> SearchResponse = search::search;
    update_person(UpdatePersonRequest) -> UpdatePersonResponse = update::update;
    add_fact(AddFactRequest) -> AddFactResponse = facts::add;
    remove_fact(RemoveFactRequest) -> RemoveFactResponse = facts::remove;
    erase_person(ErasePersonRequest) -> ErasePersonResponse = erasure::erase;
    merge_persons(MergePersonsRequest) -> MergePersonsResponse = identity::merge;
    unmerge_person(UnmergePersonRequest) -> UnmergePersonResponse = identity::unmerge;
    list_entries(ListEntriesRequest) -> ListEntriesResponse = identity::list;
    list_duplicates(ListDuplicatesRequest) -> ListDuplicatesResponse = duplicates::list;
    list_person_changes(ListPersonChangesRequest) -> ListPersonChangesResponse = history::list;
    {}
}
